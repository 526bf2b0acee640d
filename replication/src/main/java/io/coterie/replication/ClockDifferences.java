package io.coterie.replication;

import io.coterie.rpc.Clock;
import io.coterie.rpc.NodeId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How far the wall clocks of replicas are from that of one node, and what follows. Only eventual stores rest on wall clocks, and
 * only differences of more than {@link StampClock#MAX_LEAD} matter to them.
 *
 * @param replicas all replicas
 * @param aheadMillis in the order of the replicas, how far ahead of the node's clock that of another replica is, in milliseconds;
 *     below zero if it is behind. Those that are not known are left out
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

    /** Whether a replica takes the node's eventual writes: it does unless their stamps lie too far in the future of its clock. */
    public boolean takesWrites(NodeId replica) {
        long ahead = aheadMillis.getOrDefault(replica, 0L);
        return ahead > 0 || !isLarge(ahead);
    }

    /** What is wrong with a replica's clock as seen from the node, as a text; null as long as nothing is known to be. */
    public @Nullable String problemOf(NodeId replica) {
        long ahead = aheadMillis.getOrDefault(replica, 0L);
        return isLarge(ahead) ? "its clock is " + text(ahead) + " this node's" : null;
    }

    /** What is wrong with the node's own clock by the word of most replicas, and what to do; null as far as is known nothing. */
    public @Nullable String ownProblem() {
        String ahead = ownProblem(-1);
        return ahead == null ? ownProblem(1) : ahead;
    }

    private @Nullable String ownProblem(int sign) {
        Map<NodeId, Long> those = new LinkedHashMap<>(large());
        those.values().removeIf(ahead -> Long.signum(ahead) != sign);
        if (those.size() < Quorums.majority(replicas.size())) {
            return null;
        }
        long least = -sign * those.values().stream().mapToLong(Math::abs).min().orElse(0);
        String names = those.keySet().stream().map(NodeId::name).collect(Collectors.joining(", "));
        return "this node's clock is " + text(least) + " those of " + names
                + ", and eventual writes here are refused: set it, by NTP for instance";
    }

    private static boolean isLarge(long ahead) {
        return Math.abs(ahead) > StampClock.MAX_LEAD.toMillis();
    }

    /**
     * How far ahead another node's wall clock is.
     *
     * @param wallMillis what it said that it is there
     * @param askedAt when it was asked, by this node's steady clock: it said so about half way between then and now
     */
    static long aheadMillis(long wallMillis, long askedAt, Clock here) {
        return wallMillis + (here.nanos() - askedAt) / 2 / NANOS_PER_MILLI - here.wallMillis();
    }

    /** A difference in words. */
    static String text(long aheadMillis) {
        return Math.abs(aheadMillis) / 1_000 + (aheadMillis < 0 ? " s behind" : " s ahead of");
    }
}
