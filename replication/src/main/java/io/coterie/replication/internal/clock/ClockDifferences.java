package io.coterie.replication.internal.clock;

import io.coterie.replication.Quorums;
import io.coterie.replication.clock.StampClock;
import io.coterie.rpc.Clock;
import io.coterie.rpc.NodeId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How far the wall clocks of replicas are from that of one node, and what follows. Only eventual
 * stores rest on wall clocks, and only differences of more than {@link StampClock#MAX_LEAD} matter
 * to them.
 *
 * @param replicas all replicas
 * @param aheadMillis in the order of the replicas, how far ahead of the node's clock that of
 *     another replica is, in milliseconds; below zero if it is behind. Those that are not known are
 *     left out
 */
public record ClockDifferences(List<NodeId> replicas, Map<NodeId, Long> aheadMillis) {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Differences, of which a copy is kept. */
    public ClockDifferences {
        replicas = List.copyOf(replicas);
        aheadMillis = inOrder(replicas, aheadMillis);
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

    /** Those that matter. */
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
     * Whether a replica takes the node's eventual writes: it does unless their stamps lie too far
     * in the future of its clock.
     */
    public boolean takesWrites(NodeId replica) {
        long ahead = aheadMillis.getOrDefault(replica, 0L);
        return ahead > 0 || !isLarge(ahead);
    }

    /**
     * What is wrong with a replica's clock as seen from the node, as a text; null as long as
     * nothing is known to be.
     */
    public @Nullable String problemOf(NodeId replica) {
        long ahead = aheadMillis.getOrDefault(replica, 0L);
        return isLarge(ahead) ? "its clock is " + text(ahead) + " this node's" : null;
    }

    /**
     * What is wrong with the node's own clock by the word of most replicas, and what to do; null as
     * far as is known nothing.
     */
    public @Nullable String ownProblem() {
        String ahead = ownProblem(-1);
        return ahead == null ? ownProblem(1) : ahead;
    }

    /**
     * How far the time that a majority of replicas has reached is ahead of the node's own clock;
     * below zero if it is behind, and 0 unless most replicas differ to one side.
     *
     * @param isReplica whether the node is a replica itself, and so one of the majority
     */
    public long agreedAheadMillis(boolean isReplica) {
        int others = Quorums.majority(replicas.size()) - (isReplica ? 1 : 0);
        for (int sign = -1; sign <= 1; sign += 2) {
            Map<NodeId, Long> those = differing(sign);
            if (!those.isEmpty()) {
                return sign
                        * those.values().stream()
                                .mapToLong(Math::abs)
                                .sorted()
                                .skip(others - 1)
                                .findFirst()
                                .orElse(0);
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

    /** Those that differ to one side, if they are most replicas. */
    private Map<NodeId, Long> differing(int sign) {
        Map<NodeId, Long> those = large();
        those.values().removeIf(ahead -> Long.signum(ahead) != sign);
        return those.size() < Quorums.majority(replicas.size()) ? Map.of() : those;
    }

    private static long least(Map<NodeId, Long> differences) {
        return differences.values().stream().mapToLong(Math::abs).min().orElse(0);
    }

    private static boolean isLarge(long ahead) {
        return Math.abs(ahead) > StampClock.MAX_LEAD.toMillis();
    }

    /**
     * How far ahead another node's wall clock is.
     *
     * @param wallMillis what it said that it is there
     * @param askedAt when it was asked, by this node's steady clock: it said so about half way
     *     between then and now
     */
    public static long aheadMillis(long wallMillis, long askedAt, Clock here) {
        return wallMillis + (here.nanos() - askedAt) / 2 / NANOS_PER_MILLI - here.wallMillis();
    }

    /** A difference in words. */
    public static String text(long aheadMillis) {
        return Math.abs(aheadMillis) / 1_000 + (aheadMillis < 0 ? " s behind" : " s ahead of");
    }
}
