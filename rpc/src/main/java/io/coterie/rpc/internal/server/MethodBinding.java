package io.coterie.rpc.internal.server;

import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.RpcHandler;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.internal.wire.Message;

/**
 * A method, its numbers on the wire, and how it is served.
 *
 * @param handler what runs it
 */
public record MethodBinding<Q, R>(RpcMethod<Q, R> method, int methodId, int signature, Handler<Q, R> handler) {

    public static <Q, R> MethodBinding<Q, R> of(RpcMethod<Q, R> method, Handler<Q, R> handler) {
        return new MethodBinding<>(method, Message.methodId(method.name()), Message.signature(method), handler);
    }

    /** Whether a call whose codecs have that signature can be read; zero matches all. */
    boolean reads(int callersSignature) {
        return callersSignature == signature || callersSignature == 0 || signature == 0;
    }

    String codecs() {
        return method.request().name() + " for requests and "
                + method.response().name() + " for answers";
    }

    /** The ways to run a handler. */
    sealed interface Handler<Q, R> {}

    /** On the loop, done when it returns. */
    public record AtOnce<Q, R>(RpcHandler<Q, R> code) implements Handler<Q, R> {}

    /** On the loop, answered then or later. */
    public record Inline<Q, R>(InlineHandler<Q, R> code) implements Handler<Q, R> {}

    /** On a thread of the executor. */
    public record Blocking<Q, R>(RpcHandler<Q, R> code) implements Handler<Q, R> {}
}
