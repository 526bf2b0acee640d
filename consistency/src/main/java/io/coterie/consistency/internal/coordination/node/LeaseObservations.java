package io.coterie.consistency.internal.coordination.node;

import io.coterie.consistency.internal.coordination.rules.OwnerId;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Since when this node has seen which beat of which owner. It is kept from one acquisition to the
 * next, so that callers who try again and again for a short time outlast a dead holder, too. What
 * was not seen for the longest time is forgotten first. That costs time only.
 */
public final class LeaseObservations {
    private static final int MAX_OBSERVED = 10_000;

    private final Map<OwnerId, Observation> observations = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<OwnerId, Observation> eldest) {
            return size() > MAX_OBSERVED;
        }
    };

    private record Observation(long beat, long since) {}

    /**
     * A record that was just read has this beat of an owner. Returns since when, as far as this
     * node has seen.
     */
    public long see(OwnerId owner, long beat, long now) {
        Observation before = observations.get(owner);
        if (before != null && before.beat() == beat) {
            return before.since();
        }
        observations.put(owner, new Observation(beat, now));
        return now;
    }

    /** Whether this beat of an owner was seen before. */
    public boolean hasSeen(OwnerId owner, long beat) {
        Observation before = observations.get(owner);
        return before != null && before.beat() == beat;
    }
}
