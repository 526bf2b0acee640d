package io.coterie.simulation.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The configurations that a search has tried: which answered operations had a place, the state
 * after them, and which operations of unknown outcome were used for that. To have used fewer of
 * these is at least as good, so only the minimal sets are kept.
 */
final class Visited<S> {
    private final Map<Configuration<S>, List<BitSet>> tried = new HashMap<>();

    /**
     * Adds a configuration. Returns false if it or one at least as good was tried before.
     *
     * @param state null for all states that count as one
     */
    boolean add(BitSet placed, BitSet used, @Nullable S state) {
        List<BitSet> minimal = tried.computeIfAbsent(new Configuration<>(placed, state), c -> new ArrayList<>(1));
        for (BitSet other : minimal) {
            if (isWithin(other, used)) {
                return false;
            }
        }
        minimal.removeIf(other -> isWithin(used, other));
        minimal.add((BitSet) used.clone());
        return true;
    }

    private static boolean isWithin(BitSet part, BitSet whole) {
        for (int i = part.nextSetBit(0); i >= 0; i = part.nextSetBit(i + 1)) {
            if (!whole.get(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Operations get their places nearly in the order of invocation, so that few bits are enough.
     */
    private static final class Configuration<S> {
        private final int allBefore;
        private final long[] others;
        private final @Nullable S state;

        Configuration(BitSet placed, @Nullable S state) {
            this.allBefore = placed.nextClearBit(0);
            this.others =
                    placed.get(allBefore, Math.max(allBefore, placed.length())).toLongArray();
            this.state = state;
        }

        @Override
        public boolean equals(Object object) {
            return object instanceof Configuration<?> other
                    && allBefore == other.allBefore
                    && Arrays.equals(others, other.others)
                    && Objects.equals(state, other.state);
        }

        @Override
        public int hashCode() {
            return (31 * allBefore + Arrays.hashCode(others)) * 31 + Objects.hashCode(state);
        }
    }
}
