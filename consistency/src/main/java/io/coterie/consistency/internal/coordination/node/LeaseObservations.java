package io.coterie.consistency.internal.coordination.node;

import io.coterie.consistency.internal.coordination.rules.OwnerId;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Since when this node has seen which beat of whom. Kept from one acquisition to the next, so that
 * callers who try again and again for a short time outlast a dead holder too. What was not seen for
 * longest is forgotten first, which costs time only.
 */
final class LeaseObservations {
    private static final int MAX_SEEN = 10_000;

    private final Map<OwnerId, Sighting> sightings = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<OwnerId, Sighting> eldest) {
            return size() > MAX_SEEN;
        }
    };

    private record Sighting(long beat, long since) {}

    /**
     * A record that was read by now has this beat of a party: since when, as far as was seen from
     * here.
     */
    long see(OwnerId party, long beat, long now) {
        Sighting before = sightings.get(party);
        if (before != null && before.beat() == beat) {
            return before.since();
        }
        sightings.put(party, new Sighting(beat, now));
        return now;
    }

    /** Whether this beat of a party was seen before. */
    boolean hasSeen(OwnerId party, long beat) {
        Sighting before = sightings.get(party);
        return before != null && before.beat() == beat;
    }
}
