package io.coterie.replication.quorums;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;

/** Members with enough weight. Counts are weights of 1. */
final class WeightedQuorums extends MemberQuorums {
    private final int[] weights;
    private final int needed;
    private final boolean counts;

    /** The members, the heaviest first. */
    private final int[] heaviestFirst;

    WeightedQuorums(List<String> members, int[] weights, int needed) {
        super(members);
        this.weights = weights.clone();
        this.needed = needed;
        this.counts = IntStream.of(weights).allMatch(weight -> weight == 1);
        this.heaviestFirst = IntStream.range(0, weights.length)
                .boxed()
                .sorted(Comparator.comparingInt(member -> -weights[member]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    static WeightedQuorums majority(List<String> members) {
        return counted(members.size() / 2 + 1, members);
    }

    static WeightedQuorums all(List<String> members) {
        return counted(members.size(), members);
    }

    static WeightedQuorums atLeast(int count, List<String> members) {
        if (count > members.size()) {
            throw new IllegalArgumentException("a quorum of at least " + count + " members, and the members are "
                    + members + ": give 1 to " + members.size());
        }
        return counted(count, members);
    }

    private static WeightedQuorums counted(int count, List<String> members) {
        int[] ones = new int[members.size()];
        Arrays.fill(ones, 1);
        return new WeightedQuorums(members, ones, count);
    }

    int weight(int member) {
        return weights[member];
    }

    int needed() {
        return needed;
    }

    @Override
    public boolean isQuorum(long some) {
        return weightOf(some) >= needed;
    }

    private int weightOf(long some) {
        long left = some & all();
        if (counts) {
            return Long.bitCount(left);
        }
        int sum = 0;
        while (left != 0) {
            sum += weights[Long.numberOfTrailingZeros(left)];
            left &= left - 1;
        }
        return sum;
    }

    @Override
    public int failuresSurvived(long alive) {
        int weight = weightOf(alive);
        boolean isQuorum = weight >= needed;
        int failures = 0;
        for (int member : heaviestFirst) {
            boolean lives = (alive & 1L << member) != 0;
            if (isQuorum && lives) {
                weight -= weights[member];
                if (weight < needed) {
                    return failures;
                }
                failures++;
            } else if (!isQuorum && !lives) {
                weight += weights[member];
                failures++;
                if (weight >= needed) {
                    return -failures;
                }
            }
        }
        return failures;
    }

    @Override
    boolean visit(LongPredicate visitor) {
        return visit(0, 0, 0, visitor);
    }

    /** The lightest comes last, and without it there was too little weight: so each is minimal. */
    private boolean visit(int from, long chosen, int weight, LongPredicate visitor) {
        if (weight >= needed) {
            return visitor.test(chosen);
        }
        int left = 0;
        for (int i = from; i < heaviestFirst.length; i++) {
            left += weights[heaviestFirst[i]];
        }
        for (int i = from; i < heaviestFirst.length && weight + left >= needed; i++) {
            int member = heaviestFirst[i];
            if (!visit(i + 1, chosen | 1L << member, weight + weights[member], visitor)) {
                return false;
            }
            left -= weights[member];
        }
        return true;
    }
}
