package io.coterie.rpc.internal.client;

import io.coterie.rpc.error.RpcException;
import java.nio.ByteBuffer;

/** A call that was sent and has not ended yet. It is notified of its end once, on the loop. */
interface PendingCall {
    CalledPeer peer();

    /** The name of the method called. */
    String method();

    /** How long the call waits for its answer, for error texts. */
    long timeoutNanos();

    /** The peer answered. The payload is valid during the call only. */
    void onAnswer(ByteBuffer payload);

    /** No answer came. */
    void onNoAnswer(RpcException failure);

    /** The peer did not execute the call, and will execute no copy of what it was sent. */
    default void onRefused(RpcException failure) {
        onNoAnswer(failure);
    }

    /**
     * Whether the answer is still wanted; if not, the call may be dropped without a notification.
     */
    default boolean isWanted() {
        return true;
    }

    /** The peer did not execute this attempt, and knows the caller by that session. */
    void onSession(long session);
}
