package io.coterie.replication.internal.antientropy;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * The leaves that differ although there was nothing to take, because the other replica lacks
 * something, or this one cannot keep it. To ask again is in vain until one of the two has changed.
 */
final class FruitlessLeaves {
    private static final int MAX_LEAVES = 4_096;

    /** After so many comparisons all are tried again: what this replica can keep may change. */
    private static final int MAX_COMPARISONS = 64;

    private final Map<Integer, Long> pairs = new HashMap<>();
    private int comparisons;

    void add(int leaf, Differences found) {
        if (pairs.size() < MAX_LEAVES) {
            pairs.put(leaf, found.pair(leaf));
        }
    }

    /** Those of the leaves that differ in which nothing has changed since. */
    BitSet among(Differences found) {
        if (++comparisons == MAX_COMPARISONS) {
            comparisons = 0;
            pairs.clear();
        }
        pairs.entrySet().removeIf(known -> found.pair(known.getKey()) != known.getValue());
        BitSet unchanged = new BitSet();
        pairs.keySet().forEach(unchanged::set);
        return unchanged;
    }
}
