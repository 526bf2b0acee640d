package io.coterie.rpc;

import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.NotPermittedException;
import io.coterie.rpc.node.Role;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A method that nodes serve and call. Caller and server must agree on its name and its codecs.
 * Immutable; usually a constant.
 *
 * @param <Q> the type of requests
 * @param <R> the type of answers
 * @param name unique within a node, 1 to 128 characters
 * @param request the codec of requests
 * @param response the codec of answers
 * @param idempotent whether a second execution of the same request does no more than the first. If
 *     not, each call is executed at most once, however often it is tried. That costs some memory at
 *     the server ({@link RpcNodeBuilder#replyCacheBytes}), and one more round trip for the first
 *     call to a server
 * @param minRole the lowest role that may call it; see {@link #allowedTo}
 */
public record RpcMethod<Q, R>(String name, Codec<Q> request, Codec<R> response, boolean idempotent, Role minRole) {
    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if it has another length, or no encoding in UTF-8
     */
    public RpcMethod {
        Objects.requireNonNull(name, "name must not be null");
        Objects.requireNonNull(request, "request must not be null");
        Objects.requireNonNull(response, "response must not be null");
        Objects.requireNonNull(minRole, "minRole must not be null");
        if (name.isEmpty() || name.length() > 128) {
            throw new IllegalArgumentException("method name \"" + name + "\" is not 1 to 128 characters long");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new IllegalArgumentException("method name \"" + name
                    + "\" has half of a surrogate pair alone, for which there is no UTF-8: remove it");
        }
    }

    /** A method that any {@linkplain Role#CLIENT client} may call. */
    public RpcMethod(String name, Codec<Q> request, Codec<R> response, boolean idempotent) {
        this(name, request, response, idempotent, Role.CLIENT);
    }

    /**
     * A copy that only callers of a role, or of a higher one, may call. The node that serves the
     * method enforces it: other callers get a {@link NotPermittedException}, and their request is
     * not read.
     *
     * @param role the lowest role that may call it. Default: {@link Role#CLIENT}
     */
    public RpcMethod<Q, R> allowedTo(Role role) {
        return new RpcMethod<>(name, request, response, idempotent, role);
    }
}
