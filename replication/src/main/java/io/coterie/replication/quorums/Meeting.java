package io.coterie.replication.quorums;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Decides whether each quorum of one system shares a member with each of another. */
final class Meeting {
    private static final int MAX_QUORUMS = 1 << 20;

    private Meeting() {}

    /**
     * Two quorums that share no member.
     *
     * @return a quorum of one and one of the other; null if there are no such two
     * @throws IllegalArgumentException if both have too many quorums to go through
     */
    static long @Nullable [] disjoint(MemberQuorums one, MemberQuorums other) {
        if (one instanceof WeightedQuorums first && other instanceof WeightedQuorums second) {
            return ofWeights(first, second);
        }
        if (one instanceof ZoneQuorums first
                && other instanceof ZoneQuorums second
                && first.hasSameZones(second)
                && first.needed() + second.needed() > first.zones()) {
            // They share a zone, and there two majorities share a member.
            return null;
        }
        Search search = new Search(other);
        if (one.visit(search::continues)) {
            return null;
        }
        if (search.found != 0) {
            return new long[] {search.found, other.all() & ~search.found};
        }
        Search back = new Search(one);
        if (other.visit(back::continues)) {
            return null;
        }
        if (back.found != 0) {
            return new long[] {one.all() & ~back.found, back.found};
        }
        throw new IllegalArgumentException(
                "whether two quorum systems of " + one.members().size()
                        + " members meet cannot be decided, as both have more than " + MAX_QUORUMS
                        + " minimal quorums: choose a simpler one for one of them");
    }

    /**
     * The least weight that members can take from the other system while they are a quorum of this
     * one: if too much is left for the other, no two quorums are disjoint (a knapsack).
     */
    private static long @Nullable [] ofWeights(WeightedQuorums one, WeightedQuorums other) {
        int needed = one.needed();
        long[] least = new long[needed + 1];
        long[] sets = new long[needed + 1];
        Arrays.fill(least, Long.MAX_VALUE / 2);
        least[0] = 0;
        for (int member = 0; member < one.members().size(); member++) {
            for (int have = needed; have >= 0; have--) {
                int with = Math.min(needed, have + one.weight(member));
                long taken = least[have] + other.weight(member);
                if (taken < least[with]) {
                    least[with] = taken;
                    sets[with] = sets[have] | 1L << member;
                }
            }
        }
        long rest = one.all() & ~sets[needed];
        return other.isQuorum(rest) ? new long[] {sets[needed], rest} : null;
    }

    /** Looks for a quorum whose complement is one of the other system. */
    private static final class Search {
        private final MemberQuorums other;
        private int looked;
        long found;

        Search(MemberQuorums other) {
            this.other = other;
        }

        boolean continues(long quorum) {
            looked++;
            if (other.isQuorum(other.all() & ~quorum)) {
                found = quorum;
                return false;
            }
            return looked < MAX_QUORUMS;
        }
    }
}
