package io.coterie.replication;

import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.node.NodeId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The operation was sent to replicas, and it is not known whether it was applied: too few replicas
 * confirmed it in time, or later changes of the key removed its trace. It may have been applied, or
 * may still be applied later.
 *
 * <p>To retry the same operation may apply it twice. A read that shows its effect proves that it
 * was applied. A read that does not show it proves nothing: a message in flight may still arrive.
 * So make a retry conditional on the state that it changes ({@code compareAndSet}, {@code
 * putIfAbsent}, or {@code update} with a mark of its own in the value).
 */
public final class OutcomeUnknownException extends CoterieException {
    private static final long serialVersionUID = 1L;

    private final LinkedHashMap<NodeId, String> replicas;

    /** An exception that lists what each replica answered. */
    public OutcomeUnknownException(String what, Map<NodeId, String> replicas) {
        super(what + "; it may have been applied, or may be later. Replicas: " + replicas, true, null);
        this.replicas = new LinkedHashMap<>(replicas);
    }

    /** An exception of a node that has no answers of replicas to list. */
    public OutcomeUnknownException(String what) {
        super(what + "; it may have been applied, or may be later", true, null);
        this.replicas = new LinkedHashMap<>();
    }

    /** What each replica answered, as a human-readable text; empty where nothing is known. */
    public Map<NodeId, String> replicas() {
        return Collections.unmodifiableMap(replicas);
    }
}
