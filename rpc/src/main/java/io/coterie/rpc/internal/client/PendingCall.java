package io.coterie.rpc.internal.client;

import io.coterie.rpc.RpcException;
import java.nio.ByteBuffer;

/** A call that was sent and has not ended yet. Told of its end once, on the loop. */
interface PendingCall {
    CalledPeer peer();

    /** The name of the method called. */
    String method();

    /** How long an answer was waited for. */
    long timeoutNanos();

    /** The peer answered. What the payload holds is valid during the call only. */
    void onAnswer(ByteBuffer payload);

    /** No answer came. */
    void onNoAnswer(RpcException failure);

    /** The peer did not execute the call, and will execute no copy of what it was sent. */
    default void onRefused(RpcException failure) {
        onNoAnswer(failure);
    }

    /** Whether somebody waits for the answer; if not, the call may be forgotten without a word. */
    default boolean isWanted() {
        return true;
    }

    /** The peer did not execute this attempt, and knows the caller by that session. */
    void onSession(long session);
}
