package io.coterie;

import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.node.NodeId;
import java.util.Map;

/**
 * A store was not open, or not all replicas voted, within the time that the caller waits. The
 * opening continues in the background. The text says for each replica what is missing.
 */
public final class NotReadyException extends CoterieException {
    private static final long serialVersionUID = 1L;

    /**
     * Made by the library.
     *
     * @param what what was waited for; human-readable
     * @param replicas what is known of each replica
     */
    public NotReadyException(String what, Map<NodeId, String> replicas) {
        super(what + ". Replicas: " + replicas, false, null);
    }
}
