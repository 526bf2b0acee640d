package io.coterie.rpc.internal.wire;

import io.coterie.rpc.RpcMethod;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of the methods that are called, so that a call does not hash the name of its method.
 */
public final class MethodIds {
    /** Bounds the memory if a caller creates methods again and again. */
    private static final int MAX_KNOWN = 1000;

    private final IdentityHashMap<RpcMethod<?, ?>, Ids> known = new IdentityHashMap<>();

    /** A method's numbers on the wire. */
    public record Ids(int method, int signature) {}

    public Ids of(RpcMethod<?, ?> method) {
        @Nullable Ids ids = known.get(method);
        return ids != null ? ids : add(method);
    }

    private Ids add(RpcMethod<?, ?> method) {
        if (known.size() >= MAX_KNOWN) {
            known.clear();
        }
        Ids ids = new Ids(Message.methodId(method.name()), Message.signature(method));
        known.put(method, ids);
        return ids;
    }
}
