package io.coterie.replication;

import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.node.NodeId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Too few replicas agreed in time: they did not answer, or refused, or other nodes changed the key
 * first. The text names the reason. The operation was not applied and will not be applied later: to
 * try again is safe.
 */
public final class QuorumUnavailableException extends CoterieException {
    private static final long serialVersionUID = 1L;

    private final LinkedHashMap<NodeId, String> replicas;

    /** An exception that lists what each replica answered. */
    public QuorumUnavailableException(String what, Map<NodeId, String> replicas) {
        super(what + "; not applied, trying again is safe. Replicas: " + replicas, false, null);
        this.replicas = new LinkedHashMap<>(replicas);
    }

    /** An exception of a node that has no answers of replicas to list. */
    public QuorumUnavailableException(String what) {
        super(what + "; not applied, trying again is safe", false, null);
        this.replicas = new LinkedHashMap<>();
    }

    /** What each replica answered, as a human-readable text; empty where nothing is known. */
    public Map<NodeId, String> replicas() {
        return Collections.unmodifiableMap(replicas);
    }
}
