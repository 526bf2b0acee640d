package io.coterie.rpc;

import java.nio.charset.StandardCharsets;

/**
 * A method that nodes serve and call.
 *
 * @param name unique within a node, 1 to 128 characters; caller and server must agree on it and on the codecs
 * @param request the codec of requests
 * @param response the codec of answers
 * @param idempotent whether a second execution of the same request does no more than the first. Where it does, no call is
 *     executed twice, at the price of some memory at the server, and of one more round trip for the first call to it
 * @param least the role that a caller needs at least; see {@link #allowedTo}
 */
public record RpcMethod<Q, R>(String name, Codec<Q> request, Codec<R> response, boolean idempotent, Role least) {
    /** Checks the name. */
    public RpcMethod {
        if (name.isEmpty() || name.length() > 128) {
            throw new IllegalArgumentException("method name \"" + name + "\" is not 1 to 128 characters long");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new IllegalArgumentException("method name \"" + name
                    + "\" has half of a surrogate pair alone, for which there is no UTF-8: leave it out");
        }
    }

    /** A method that any {@linkplain Role#CLIENT client} may call. */
    public RpcMethod(String name, Codec<Q> request, Codec<R> response, boolean idempotent) {
        this(name, request, response, idempotent, Role.CLIENT);
    }

    /**
     * The same for callers of that role or a higher one. It counts at the node that serves the method: others get a {@link
     * NotPermittedException} there, before their request is read.
     */
    public RpcMethod<Q, R> allowedTo(Role atLeast) {
        return new RpcMethod<>(name, request, response, idempotent, atLeast);
    }
}
