package io.coterie.rpc.internal.client;

import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.error.RpcException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A call that a protocol made, once, and waits for with a handler. */
final class SentCall<R> implements PendingCall {
    private static final Logger log = LoggerFactory.getLogger(SentCall.class);

    private final CalledPeer peer;
    private final RpcMethod<?, R> method;
    private final long timeoutNanos;
    private final ReplyHandler<R> handler;

    SentCall(CalledPeer peer, RpcMethod<?, R> method, long timeoutNanos, ReplyHandler<R> handler) {
        this.peer = peer;
        this.method = method;
        this.timeoutNanos = timeoutNanos;
        this.handler = handler;
    }

    @Override
    public CalledPeer peer() {
        return peer;
    }

    @Override
    public String method() {
        return method.name();
    }

    @Override
    public long timeoutNanos() {
        return timeoutNanos;
    }

    @Override
    public void onAnswer(ByteBuffer payload) {
        R response;
        try {
            response = method.response().decode(payload);
        } catch (Throwable e) {
            onNoAnswer(Failures.unreadableAnswer(this, e));
            return;
        }
        try {
            handler.onReply(peer.id, response);
        } catch (Throwable e) {
            reportHandler(e);
        }
    }

    @Override
    public void onNoAnswer(RpcException failure) {
        try {
            handler.onFailure(peer.id, failure);
        } catch (Throwable e) {
            reportHandler(e);
        }
    }

    @Override
    public boolean isWanted() {
        try {
            return handler.isWanted();
        } catch (Throwable e) {
            reportHandler(e);
            return true;
        }
    }

    @Override
    public void onSession(long session) {
        onNoAnswer(Failures.unaskedSession(this));
    }

    private void reportHandler(Throwable error) {
        log.error("the reply handler of {} threw, but it must not: fix the code that made the call", method(), error);
    }
}
