package io.coterie.replication;

import io.coterie.rpc.CoterieException;
import io.coterie.rpc.NodeId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The operation was sent to replicas, and too few confirmed it in time: it may have been applied, or may be later. A read
 * tells; trying again may apply it twice.
 */
public final class OutcomeUnknownException extends CoterieException {
    private static final long serialVersionUID = 1L;

    private final transient Map<NodeId, String> replicas;

    /** An exception that lists what each replica said. */
    public OutcomeUnknownException(String what, Map<NodeId, String> replicas) {
        super(what + "; it may have been applied, or may be later. Replicas: " + replicas, true, null);
        this.replicas = Collections.unmodifiableMap(new LinkedHashMap<>(replicas));
    }

    /** What each replica said, for people. */
    public Map<NodeId, String> replicas() {
        return replicas;
    }
}
