package io.coterie.replication;

import io.coterie.rpc.CoterieException;
import io.coterie.rpc.NodeId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The operation was sent to replicas, and it could not be found out whether it was applied: too few
 * confirmed it in time, or so many others changed the key meanwhile that nobody remembers. It may
 * have been applied, or may be later.
 *
 * <p>A read that shows it tells that it was applied. One that does not tells nothing: what is on
 * its way may arrive after it. So before it is tried again, make it conditional on what it changes
 * ({@code compareAndSet}, {@code putIfAbsent}, {@code update} with a mark of its own in the value):
 * trying the same again may apply it twice.
 */
public final class OutcomeUnknownException extends CoterieException {
    private static final long serialVersionUID = 1L;

    private final LinkedHashMap<NodeId, String> replicas;

    /** An exception that lists what each replica said. */
    public OutcomeUnknownException(String what, Map<NodeId, String> replicas) {
        super(what + "; it may have been applied, or may be later. Replicas: " + replicas, true, null);
        this.replicas = new LinkedHashMap<>(replicas);
    }

    /** An exception of a node that could not ask replicas, or does not know what they said. */
    public OutcomeUnknownException(String what) {
        super(what + "; it may have been applied, or may be later", true, null);
        this.replicas = new LinkedHashMap<>();
    }

    /** What each replica said, for people. */
    public Map<NodeId, String> replicas() {
        return Collections.unmodifiableMap(replicas);
    }
}
