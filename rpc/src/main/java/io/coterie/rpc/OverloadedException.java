package io.coterie.rpc;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bound on calls, bytes or handlers was reached, here or at the peer; the call was turned away at once. Never executed.
 *
 * <p>A handler says the same of itself, that it did nothing, with {@link #ofHandler}. Any other that it throws is a failure of the
 * handler like all the rest: where a call that the handler made was turned away, the handler had begun all the same.
 */
public final class OverloadedException extends RpcException {
    private static final long serialVersionUID = 1L;

    private final @Nullable Duration retryAfter;
    private final boolean ofHandler;
    private final LinkedHashMap<NodeId, String> replicas;

    /** An exception with a text for people. */
    public OverloadedException(String message) {
        this(message, null);
    }

    /**
     * An exception with a text for people.
     *
     * @param retryAfter how long to leave the peer alone; zero or more, or null for no hint
     */
    public OverloadedException(String message, @Nullable Duration retryAfter) {
        this(message, retryAfter, false, Map.of());
    }

    /**
     * An exception of an operation that too few replicas had room for.
     *
     * @param replicas what each of them said, for people
     */
    public static OverloadedException ofReplicas(String message, Map<NodeId, String> replicas) {
        return new OverloadedException(message + " Replicas: " + replicas, null, false, replicas);
    }

    private OverloadedException(
            String message, @Nullable Duration retryAfter, boolean ofHandler, Map<NodeId, String> replicas) {
        super(message, false, null);
        if (retryAfter != null && retryAfter.isNegative()) {
            throw new IllegalArgumentException("retryAfter " + retryAfter + " is below zero");
        }
        this.retryAfter = retryAfter;
        this.ofHandler = ofHandler;
        this.replicas = new LinkedHashMap<>(replicas);
    }

    /**
     * What a handler throws, or answers with, to turn a request away: it vouches that it has done nothing, and the call may be
     * made again, at once, even of a method that must not be executed twice. The caller gets an {@link OverloadedException}.
     *
     * @param message for people at the caller's side
     * @param retryAfter how long to leave this node alone; zero or more, or null for no hint
     */
    public static OverloadedException ofHandler(String message, @Nullable Duration retryAfter) {
        return new OverloadedException(message, retryAfter, true, Map.of());
    }

    /** Whether it was made by {@link #ofHandler}, in this process. */
    public boolean isOfHandler() {
        return ofHandler;
    }

    /** What each replica said, for people; empty where it was one node, this one or a peer, that turned the call away. */
    public Map<NodeId, String> replicas() {
        return Collections.unmodifiableMap(replicas);
    }

    /** How long to leave the peer alone before the next attempt, or null where it did not say. Retries keep to it. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
