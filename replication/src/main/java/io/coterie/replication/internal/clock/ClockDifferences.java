package io.coterie.replication.internal.clock;

import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How far the wall clocks of replicas differ from that of one node, and the consequences. Only
 * eventual stores depend on wall clocks, and only differences of more than {@link
 * HlcClock#MAX_LEAD} matter to them.
 *
 * @param voters the replicas
 * @param aheadMillis how far the clock of each other replica is ahead of the node's, in
 *     milliseconds; below zero if it is behind. In the order of the replicas, without those that
 *     are not known
 */
public record ClockDifferences(Voters voters, Map<NodeId, Long> aheadMillis) {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Copies the differences. */
    public ClockDifferences {
        aheadMillis = inOrder(voters.replicas(), aheadMillis);
    }

    private static Map<NodeId, Long> inOrder(List<NodeId> replicas, Map<NodeId, Long> given) {
        Map<NodeId, Long> ordered = new LinkedHashMap<>();
        for (NodeId replica : replicas) {
            Long ahead = given.get(replica);
            if (ahead != null) {
                ordered.put(replica, ahead);
            }
        }
        return Collections.unmodifiableMap(ordered);
    }

    /** The differences that matter. */
    public Map<NodeId, Long> large() {
        Map<NodeId, Long> large = new LinkedHashMap<>();
        aheadMillis.forEach((replica, ahead) -> {
            if (isLarge(ahead)) {
                large.put(replica, ahead);
            }
        });
        return large;
    }

    /**
     * Whether a replica accepts the node's eventual writes: not if their timestamps are too far
     * ahead of its clock.
     */
    public boolean takesWrites(NodeId replica) {
        long ahead = aheadMillis.getOrDefault(replica, 0L);
        return ahead > 0 || !isLarge(ahead);
    }

    /**
     * What is wrong with a replica's clock as seen from the node, as a text; null if no problem is
     * known.
     */
    public @Nullable String problemOf(NodeId replica) {
        long ahead = aheadMillis.getOrDefault(replica, 0L);
        return isLarge(ahead) ? "its clock is " + text(ahead) + " this node's" : null;
    }

    /**
     * What is wrong with the node's own clock, compared with a majority of replicas, and what to
     * do; null if no problem is known.
     */
    public @Nullable String ownProblem() {
        String ahead = ownProblem(-1);
        return ahead == null ? ownProblem(1) : ahead;
    }

    /**
     * How far the time of a majority of replicas is ahead of the node's own clock; below zero if it
     * is behind, and 0 unless a majority differs to one side.
     *
     * @param self the node: if it is a replica, it may be one of the majority
     */
    public long agreedAheadMillis(NodeId self) {
        for (int sign = -1; sign <= 1; sign += 2) {
            List<Map.Entry<NodeId, Long>> leastFirst =
                    new ArrayList<>(differing(sign).entrySet());
            leastFirst.sort(Comparator.comparingLong(difference -> Math.abs(difference.getValue())));
            long agreeing = voters.bit(self);
            for (Map.Entry<NodeId, Long> difference : leastFirst) {
                agreeing |= voters.bit(difference.getKey());
                if (voters.isQuorum(agreeing)) {
                    return difference.getValue();
                }
            }
        }
        return 0;
    }

    private @Nullable String ownProblem(int sign) {
        Map<NodeId, Long> those = differing(sign);
        if (those.isEmpty()) {
            return null;
        }
        String names = those.keySet().stream().map(NodeId::name).collect(Collectors.joining(", "));
        return "this node's clock is " + text(-sign * least(those)) + " those of " + names
                + ", and replicas refuse this node's eventual writes: set this clock, for instance by NTP";
    }

    /** The differences to one side, if a majority has one. */
    private Map<NodeId, Long> differing(int sign) {
        Map<NodeId, Long> those = large();
        those.values().removeIf(ahead -> Long.signum(ahead) != sign);
        long bits = those.keySet().stream().mapToLong(voters::bit).sum();
        return voters.isQuorum(bits) ? those : Map.of();
    }

    private static long least(Map<NodeId, Long> differences) {
        return differences.values().stream().mapToLong(Math::abs).min().orElse(0);
    }

    private static boolean isLarge(long ahead) {
        return Math.abs(ahead) > HlcClock.MAX_LEAD.toMillis();
    }

    /**
     * How far another node's wall clock is ahead.
     *
     * @param wallMillis the reading of that clock in its answer
     * @param askedAt when the question was sent, by this node's steady clock; the answer counts for
     *     the middle between then and now
     */
    public static long aheadMillis(long wallMillis, long askedAt, Clock here) {
        return wallMillis + (here.nanos() - askedAt) / 2 / NANOS_PER_MILLI - here.wallMillis();
    }

    /** A difference in words. */
    public static String text(long aheadMillis) {
        return Math.abs(aheadMillis) / 1_000 + (aheadMillis < 0 ? " s behind" : " s ahead of");
    }
}
