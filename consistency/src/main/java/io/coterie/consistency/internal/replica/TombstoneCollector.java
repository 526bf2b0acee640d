package io.coterie.consistency.internal.replica;

import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.strong.StrongPolicy;
import io.coterie.replication.Replication;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.internal.policy.Tombstone;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Has the deleted keys of strong stores forgotten, at a node that is a replica, whoever has opened
 * the stores. A delete leaves a tombstone, which goes once all replicas have it. While one of them
 * cannot be reached none goes, and they add up.
 *
 * <p>Each replica looks through its own tombstones about every second, as long as it has any. Which
 * one takes a key first is drawn for each key; another takes it when it is still there some seconds
 * later. Two at once do no harm.
 *
 * <p>A pass begins with one key and continues with up to twice as many at a time, as long as all
 * replicas answer; it ends with the first one that does not, so that a replica which is away costs
 * a message or two a second.
 */
public final class TombstoneCollector {
    /**
     * How often a replica looks. A tombstone goes no sooner than {@link
     * RegisterState#MIN_TOMBSTONE_AGE}.
     */
    private static final Duration PERIOD = RegisterState.MIN_TOMBSTONE_AGE;

    private static final int MAX_AT_ONCE = 64;
    private static final int LOOKED_AT_ONCE = 1024;

    /** After how many periods the next replica in a key's order takes care of it. */
    private static final int PERIODS_PER_RANK = 4;

    /**
     * After how many periods without a change a promise, or a tombstone that was refused, counts as
     * stuck.
     */
    private static final int PERIODS_UNTIL_STUCK = 3;

    private final NodeReplication replication;
    private final long periodNanos;
    private List<NodeId> replicas;
    private final Deque<Tombstone> due = new ArrayDeque<>();
    private final Repetition passes;
    private boolean awake;
    private boolean starting;
    private boolean unreachable;
    private boolean removedSome;
    private int atOnce;
    private int inFlight;

    /** Removals of earlier passes that were given up no longer count. */
    private int givenUp;

    private long removed;

    private TombstoneCollector(NodeReplication replication, Duration period) {
        this.replication = replication;
        this.periodNanos = period.toNanos();
        this.replicas = sorted(replication.replicas());
        this.passes = new Repetition(replication.world().scheduler(), periodNanos, this::pass, this::giveUp);
    }

    private static List<NodeId> sorted(List<NodeId> replicas) {
        return replicas.stream().sorted().toList();
    }

    /**
     * Begins to collect, if the node is a replica, and continues until replication is closed. To be
     * called once for a node; may be called by any thread.
     */
    public static void start(Replication replication) {
        start(replication, PERIOD);
    }

    public static TombstoneCollector start(Replication replication, Duration period) {
        NodeReplication loop = NodeReplication.of(replication.loop());
        TombstoneCollector collector = new TombstoneCollector(loop, period);
        loop.world().scheduler().execute(() -> {
            loop.onVotersChange((before, now) -> collector.replicas = sorted(now.replicas()));
            loop.tombstones().onFirst(collector::wake);
        });
        return collector;
    }

    /** How many keys it had forgotten everywhere. */
    public long removed() {
        return removed;
    }

    private void wake() {
        if (!awake) {
            awake = true;
            passes.guard(this::schedulePass);
        }
    }

    private void schedulePass() {
        long jitter = (replication.world().random().nextLong() >>> 1) % (periodNanos / 4);
        passes.in(periodNanos + jitter);
    }

    private void pass() {
        List<Tombstone> tombstones = replication.tombstones().next(StrongPolicy.INSTANCE.name(), LOOKED_AT_ONCE);
        if (tombstones.isEmpty() && !replication.tombstones().any()) {
            awake = false;
            return;
        }
        unreachable = false;
        removedSome = false;
        atOnce = 1;
        for (Tombstone tombstone : tombstones) {
            if (replicas.contains(replication.self())
                    && tombstone.ageNanos() >= periodNanos * (1 + (long) PERIODS_PER_RANK * rank(tombstone))) {
                due.add(tombstone);
            }
        }
        resume();
    }

    private void resume() {
        starting = true;
        while (inFlight < atOnce && !due.isEmpty()) {
            inFlight++;
            Tombstone tombstone = due.remove();
            boolean stuck = tombstone.ageNanos() >= PERIODS_UNTIL_STUCK * periodNanos;
            if (tombstone.state() != null) {
                int number = givenUp;
                new TombstoneRemoval(replication, tombstone, tombstone.state(), stuck, end -> {
                            if (number == givenUp) {
                                passes.guard(() -> ended(end));
                            }
                        })
                        .start();
            } else {
                if (stuck) {
                    replication.tombstones().forgetPromise(tombstone.key());
                }
                ended(TombstoneRemoval.End.KEPT);
            }
        }
        starting = false;
        if (inFlight == 0 && removedSome && !unreachable) {
            // There may be many more.
            passes.soon();
        } else if (inFlight == 0) {
            schedulePass();
        }
    }

    /** A pass threw: the next one begins anew. */
    private void giveUp() {
        givenUp++;
        inFlight = 0;
        starting = false;
        due.clear();
    }

    private void ended(TombstoneRemoval.End end) {
        inFlight--;
        if (end == TombstoneRemoval.End.UNREACHABLE) {
            unreachable = true;
            due.clear();
        } else {
            boolean gone = end == TombstoneRemoval.End.REMOVED;
            removed += gone ? 1 : 0;
            removedSome |= gone;
            atOnce = Math.min(MAX_AT_ONCE, 2 * atOnce);
        }
        if (!starting) {
            resume();
        }
    }

    /** This node's place in the order in which replicas take care of the key. */
    private int rank(Tombstone tombstone) {
        int first = Math.floorMod(tombstone.key().hashCode(), replicas.size());
        return Math.floorMod(replicas.indexOf(replication.self()) - first, replicas.size());
    }
}
