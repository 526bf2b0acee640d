package io.coterie.rpc.internal;

import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.RpcHandler;
import io.coterie.rpc.RpcMethod;
import org.jspecify.annotations.Nullable;

/** A method, its number on the wire, and its handler, one of the two kinds. */
record Served<Q, R>(
        RpcMethod<Q, R> method,
        int methodId,
        @Nullable InlineHandler<Q, R> inline,
        @Nullable RpcHandler<Q, R> blocking) {

    static <Q, R> Served<Q, R> inline(RpcMethod<Q, R> method, InlineHandler<Q, R> handler) {
        return new Served<>(method, Message.methodId(method.name()), handler, null);
    }

    static <Q, R> Served<Q, R> blocking(RpcMethod<Q, R> method, RpcHandler<Q, R> handler) {
        return new Served<>(method, Message.methodId(method.name()), null, handler);
    }
}
