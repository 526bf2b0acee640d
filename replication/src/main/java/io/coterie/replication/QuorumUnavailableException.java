package io.coterie.replication;

import io.coterie.rpc.CoterieException;
import io.coterie.rpc.NodeId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Too few replicas agreed in time: they did not answer, or refused, or other nodes changed the key
 * first; the text says which. The operation was not applied and will not be: trying again is safe.
 */
public final class QuorumUnavailableException extends CoterieException {
    private static final long serialVersionUID = 1L;

    private final LinkedHashMap<NodeId, String> replicas;

    /** An exception that lists what each replica said. */
    public QuorumUnavailableException(String what, Map<NodeId, String> replicas) {
        super(what + "; not applied, trying again is safe. Replicas: " + replicas, false, null);
        this.replicas = new LinkedHashMap<>(replicas);
    }

    /** An exception of a node that could not ask replicas, or does not know what they said. */
    public QuorumUnavailableException(String what) {
        super(what + "; not applied, trying again is safe", false, null);
        this.replicas = new LinkedHashMap<>();
    }

    /** What each replica said, for people. */
    public Map<NodeId, String> replicas() {
        return Collections.unmodifiableMap(replicas);
    }
}
