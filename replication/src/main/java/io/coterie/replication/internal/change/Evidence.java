package io.coterie.replication.internal.change;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.Member;
import io.coterie.replication.internal.wire.SpareMethods.Silences;
import io.coterie.replication.spi.Quorums;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which members are silent, as this node and others find. Silence is measured up to the last look
 * that came in time: a node that was stopped or stuck begins anew, because others may have spoken
 * in vain. Only to be used on the loop.
 */
final class Evidence {
    private final NodeId self;
    private final long periodNanos;

    /** When each other member was last heard, or could first have been. */
    private final Map<NodeId, Long> heardAt = new HashMap<>();

    private final Map<NodeId, Report> reports = new HashMap<>();
    private @Nullable Long lookedAt;

    /** What another member finds. */
    private record Report(Silences silences, long at) {}

    /** @param periodNanos about the time between two looks */
    Evidence(NodeId self, long periodNanos) {
        this.self = self;
        this.periodNanos = periodNanos;
    }

    /** Nothing that was found so far counts any longer. */
    void forget() {
        heardAt.clear();
        reports.clear();
        lookedAt = null;
    }

    /** To be called once in a period, with the configuration that this node has adopted. */
    void look(Configuration adopted, long now) {
        Long before = lookedAt;
        if (before != null && now - before > 3 * periodNanos) {
            forget();
        }
        lookedAt = now;
        List<NodeId> names = names(adopted);
        heardAt.keySet().retainAll(names);
        reports.keySet().retainAll(names);
        names.forEach(name -> heardAt.putIfAbsent(name, now));
        reports.values().removeIf(report -> now - report.at() > 3 * periodNanos);
    }

    /** Another member has answered, whatever it says. */
    void heard(NodeId other, long now) {
        heardAt.replace(other, now);
    }

    /** What another member has found, when it was asked or later. */
    void report(NodeId other, Silences silences, long askedAt) {
        if (heardAt.containsKey(other)) {
            reports.put(other, new Report(silences, askedAt));
        }
    }

    /** For how long this node has heard nothing from others, for them. */
    Map<NodeId, Long> millis() {
        Map<NodeId, Long> millis = new HashMap<>();
        heardAt.keySet().forEach(name -> millis.put(name, TimeUnit.NANOSECONDS.toMillis(silence(name))));
        return millis;
    }

    /** For how long this node has heard nothing from another member. */
    long silence(NodeId other) {
        Long at = heardAt.get(other);
        Long now = lookedAt;
        return at == null || now == null ? 0 : Math.max(0, now - at);
    }

    /** How many of the members whose names come before this node's act, too. */
    int turn() {
        return (int) reports.entrySet().stream()
                .filter(each ->
                        each.getValue().silences().acts() && each.getKey().compareTo(self) < 0)
                .count();
    }

    /**
     * The members that are gone: a majority of all members has heard nothing from them for so long,
     * and nobody who looks and answers now has. The one that was silent for longest is first.
     */
    List<NodeId> gone(Configuration adopted, long nanos) {
        List<NodeId> gone = new ArrayList<>();
        for (NodeId name : names(adopted)) {
            if (silence(name) >= nanos
                    && isGone(name, nanos, Quorums.majority(adopted.members().size()))) {
                gone.add(name);
            }
        }
        gone.sort(Comparator.comparingLong((NodeId name) -> -silence(name)).thenComparing(Comparator.naturalOrder()));
        return gone;
    }

    private boolean isGone(NodeId name, long nanos, int majority) {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        int witnesses = 1;
        for (Map.Entry<NodeId, Report> each : reports.entrySet()) {
            Long silence = each.getValue().silences().millis().get(name);
            if (silence != null && silence < millis) {
                return false;
            }
            witnesses += silence != null ? 1 : 0;
        }
        return witnesses >= majority;
    }

    private List<NodeId> names(Configuration adopted) {
        return adopted.members().stream()
                .map(Member::id)
                .map(id -> id.node())
                .distinct()
                .filter(name -> !name.equals(self))
                .toList();
    }
}
