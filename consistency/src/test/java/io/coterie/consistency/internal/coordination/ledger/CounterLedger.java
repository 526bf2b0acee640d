package io.coterie.consistency.internal.coordination.ledger;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a counter was seen to do that is only ever raised: no two raises may begin from the same
 * number or overlap, and nobody may get less than what was known before it asked.
 */
public final class CounterLedger {
    private final Violations violations;
    private final TreeMap<Long, Long> raises = new TreeMap<>();
    private long highestKnown;

    public CounterLedger(Violations violations) {
        this.violations = violations;
    }

    /** The highest number that anyone got. */
    public long highestKnown() {
        return highestKnown;
    }

    int raises() {
        return raises.size();
    }

    public void read(long value, long least) {
        if (value < least) {
            violations.add("counter: read as " + value + " after it was known to be " + least);
        }
        highestKnown = Math.max(highestKnown, value);
    }

    public void raised(long from, long to, long least) {
        read(to, least + 1);
        Map.Entry<Long, Long> below = raises.lowerEntry(to);
        Long same = raises.put(to, from);
        if (same != null || (below != null && below.getKey() > from)) {
            violations.add(
                    "counter: raised from " + from + " to " + to + ", and from " + same + " to it or through " + below);
        }
        Map.Entry<Long, Long> above = raises.higherEntry(to);
        if (above != null && above.getValue() < to) {
            violations.add("counter: raised from " + from + " to " + to + " within " + above);
        }
    }
}
