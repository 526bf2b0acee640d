package io.coterie.rpc.error;

import io.coterie.rpc.internal.settings.Durations;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bound on calls, bytes or handlers was reached, here or at the peer, and the call was refused at
 * once. It was never executed, and may be tried again later.
 *
 * <p>A handler throws {@link #ofHandler} to report that it did nothing. Any other overload that it
 * throws counts as a failure of the handler, like all the rest: the handler had begun, even if the
 * overload was met by a call of its own.
 */
public final class OverloadedException extends RpcException {
    private static final long serialVersionUID = 1L;

    private final @Nullable Duration retryAfter;
    private final boolean ofHandler;
    private final LinkedHashMap<NodeId, String> replicas;

    /**
     * An exception without a hint when to try again.
     *
     * @param message human-readable
     */
    public OverloadedException(String message) {
        this(message, null);
    }

    /**
     * An exception with a hint when to try again.
     *
     * @param message human-readable
     * @param retryAfter how long to send the peer nothing; zero or more, or null for no hint
     * @throws IllegalArgumentException if it is negative
     */
    public OverloadedException(String message, @Nullable Duration retryAfter) {
        this(message, retryAfter, false, Map.of());
    }

    /**
     * An exception of an operation that too few replicas had room for.
     *
     * @param message human-readable
     * @param replicas what each of them answered; human-readable
     */
    public static OverloadedException ofReplicas(String message, Map<NodeId, String> replicas) {
        return new OverloadedException(message + " Replicas: " + replicas, null, false, replicas);
    }

    private OverloadedException(
            String message, @Nullable Duration retryAfter, boolean ofHandler, Map<NodeId, String> replicas) {
        super(message, false, null);
        if (retryAfter != null && retryAfter.isNegative()) {
            throw new IllegalArgumentException("retryAfter " + Durations.text(retryAfter) + " is below zero");
        }
        this.retryAfter = retryAfter;
        this.ofHandler = ofHandler;
        this.replicas = new LinkedHashMap<>(replicas);
    }

    /**
     * What a handler throws, or answers with, to refuse a request. The handler guarantees by it
     * that it has done nothing. So the caller gets an {@link OverloadedException}, and may make the
     * call again even if the method must not be executed twice.
     *
     * @param message human-readable, for the caller
     * @param retryAfter how long to send this node nothing; zero or more, or null for no hint
     * @throws IllegalArgumentException if it is negative
     */
    public static OverloadedException ofHandler(String message, @Nullable Duration retryAfter) {
        return new OverloadedException(message, retryAfter, true, Map.of());
    }

    /** Whether it was made by {@link #ofHandler}, in this process. */
    public boolean isOfHandler() {
        return ofHandler;
    }

    /**
     * What each replica answered, human-readable. Empty where one node, this one or a peer, refused
     * the call.
     */
    public Map<NodeId, String> replicas() {
        return Collections.unmodifiableMap(replicas);
    }

    /**
     * How long to send the peer nothing before the next attempt, or null where it gave no hint. The
     * library's own retries wait for so long.
     */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
