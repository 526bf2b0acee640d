package io.coterie.rpc.internal.client;

import io.coterie.rpc.error.ConnectionLostException;
import io.coterie.rpc.error.DeadlineExceededException;
import io.coterie.rpc.error.MalformedMessageException;
import io.coterie.rpc.error.MessageTooLargeException;
import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.error.OutcomeForgottenException;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.internal.settings.Durations;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.LoopFuture;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The words in which a caller learns that a call failed on its own side. */
public final class Failures {
    private Failures() {}

    static RpcException noAnswer(PendingCall call) {
        return new DeadlineExceededException(
                of(call) + ": no answer within " + Durations.nanosText(call.timeoutNanos()), true);
    }

    static RpcException overBeforeSent(String method, NodeId peer, Duration timeout) {
        return new DeadlineExceededException(
                of(method, peer) + ": its timeout was over before it could be sent; the timeout was "
                        + Durations.text(timeout) + ", or what was left of the call whose handler made it",
                false);
    }

    static RpcException connectionLost(PendingCall call, String reason) {
        return new ConnectionLostException(of(call) + ": the connection was lost before an answer came: " + reason);
    }

    static RpcException closed(
            String method, NodeId peer, NodeId self, boolean maybeExecuted, @Nullable Throwable failure) {
        String why = failure == null
                ? ""
                : ", because its event loop could not continue: " + failure + "; see its log, and restart the process";
        return new NodeClosedException(
                of(method, peer) + ": node " + self + (maybeExecuted ? " was closed" : " is closed") + why,
                maybeExecuted);
    }

    static RpcException loopBlocked(String method, Object peer, NodeId self) {
        return new DeadlineExceededException(
                of(method, peer) + ": the event loop of node " + self + " was blocked for the call's timeout and "
                        + Durations.text(LoopFuture.GRACE)
                        + " more; its log shows what blocked it. Do not block on the loop",
                true);
    }

    static RpcException tooManyInFlight(String method, NodeId peer, int most) {
        return new OverloadedException(of(method, peer) + ": " + most
                + " calls to it are in flight already; make fewer calls at once, or raise maxInFlightPerPeer");
    }

    public static RpcException tooManyHandedOver(String method, NodeId peer, long most) {
        return new OverloadedException(of(method, peer) + ": " + most
                + " calls wait for the node's loop already; make fewer calls at once, or raise maxInFlightPerPeer");
    }

    static RpcException requestTooLarge(String method, int maxPayloadBytes) {
        return new MessageTooLargeException(
                "call of " + method + ": the request takes more than " + maxPayloadBytes
                        + " bytes; send less at once, or raise maxPayloadBytes on all nodes",
                false);
    }

    static RpcException codecThrew(String method, Throwable thrown) {
        return new MalformedMessageException(
                "call of " + method + ": the codec of its requests threw " + thrown, false, thrown);
    }

    static RpcException unreadableAnswer(PendingCall call, Throwable thrown) {
        return new MalformedMessageException(of(call) + ": the answer cannot be read: " + thrown, true, thrown);
    }

    static RpcException unaskedSession(PendingCall call) {
        return new MalformedMessageException(
                of(call)
                        + ": the peer answered as if the method were not idempotent, but it is; check that the"
                        + " peer runs a compatible version",
                false,
                null);
    }

    static RpcException sessionsForgotten(PendingCall call) {
        return new OverloadedException(of(call)
                + ": the peer has too many callers, and forgot this one between its attempts; try again later");
    }

    static RpcException outcomeForgotten(String method, NodeId peer) {
        return new OutcomeForgottenException(of(method, peer)
                + ": an earlier attempt may have run, but the peer has restarted or has dropped the answer, and no"
                + " longer knows; check the outcome before you call again");
    }

    private static String of(PendingCall call) {
        return of(call.method(), call.peer().id);
    }

    private static String of(String method, Object peer) {
        return "call of " + method + " to " + peer;
    }
}
