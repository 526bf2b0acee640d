package io.coterie.consistency.coordination;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Since when this node has seen which beat of whom. Kept from one acquisition to the next, so that callers who try again and
 * again for a short time outlast a dead holder too. What was not seen for longest is forgotten first, which costs time only.
 */
final class Sightings {
    private static final int MOST = 10_000;

    private final Map<Party, Sighting> sightings = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Party, Sighting> eldest) {
            return size() > MOST;
        }
    };

    private record Sighting(long beat, long since) {}

    /** A record that was read by now has this hold: since when has it had that very beat, as far as was seen from here. */
    long see(Hold hold, long now) {
        Sighting before = sightings.get(hold.party());
        if (before != null && before.beat() == hold.beat()) {
            return before.since();
        }
        sightings.put(hold.party(), new Sighting(hold.beat(), now));
        return now;
    }
}
