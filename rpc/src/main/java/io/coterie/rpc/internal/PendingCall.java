package io.coterie.rpc.internal;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcException;
import io.coterie.rpc.RpcMethod;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A call that was sent and has not ended yet. */
final class PendingCall<R> extends DueHeap.Entry {
    private static final Logger log = LoggerFactory.getLogger(PendingCall.class);

    final long correlation;
    final InFlight load;
    final long timeoutNanos;
    private final RpcMethod<?, R> method;
    private final ReplyHandler<R> handler;

    PendingCall(long correlation, InFlight load, long timeoutNanos, RpcMethod<?, R> method, ReplyHandler<R> handler) {
        this.correlation = correlation;
        this.load = load;
        this.timeoutNanos = timeoutNanos;
        this.method = method;
        this.handler = handler;
    }

    /** The calls to one peer that are under way. */
    static final class InFlight {
        final NodeId peer;
        int calls;

        InFlight(NodeId peer) {
            this.peer = peer;
        }
    }

    NodeId peer() {
        return load.peer;
    }

    String method() {
        return method.name();
    }

    /** Reads an answer. */
    R decode(ByteBuffer payload) {
        return method.response().decode(payload);
    }

    void succeed(R response) {
        try {
            handler.onReply(load.peer, response);
        } catch (Throwable e) {
            reportHandler(e);
        }
    }

    void fail(RpcException failure) {
        try {
            handler.onFailure(load.peer, failure);
        } catch (Throwable e) {
            reportHandler(e);
        }
    }

    private void reportHandler(Throwable error) {
        log.error(
                "the reply handler of {} threw, which it must not: mend the code that made the call", method(), error);
    }
}
