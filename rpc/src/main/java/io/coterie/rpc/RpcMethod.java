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
 */
public record RpcMethod<Q, R>(String name, Codec<Q> request, Codec<R> response, boolean idempotent) {
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
}
