package io.coterie.internal.readiness;

import io.coterie.NotReadyException;
import io.coterie.failuredetector.FailureDetector;
import io.coterie.failuredetector.PeerState;
import io.coterie.internal.settings.Warnings;
import io.coterie.replication.ReplicaReport;
import io.coterie.replication.Replication;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import io.coterie.rpc.spi.Scheduler;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Asks the replicas from time to time whether they vote, and logs when strong stores have their
 * majority, lose it, and have it again. A replica counts from its answer that it votes until the
 * failure detector takes it for down, so that a slow one still counts. Only to be used on the loop.
 *
 * <p>The replicas are those that requests ask. When they change, they are asked first: only then it
 * is known whether the others vote.
 */
public final class MajorityMonitor {
    /** How long one round of questions waits for answers. */
    public static final Duration LOOK_TIMEOUT = Duration.ofSeconds(1);

    /** How often the log repeats what is missing. */
    static final Duration REMINDER = Duration.ofMinutes(1);

    private static final long SETTLED_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long UNSETTLED_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long FIRST_AWAITED_NANOS = Duration.ofMillis(20).toNanos();

    private final Replication replication;
    private final FailureDetector detector;
    private final BooleanSupplier votesMatter;
    private final Logger log;
    private final Votes votes;
    private final OwnVote ownVote;
    private final Set<Waiter> waiting = new LinkedHashSet<>();
    private Phase phase = Phase.STARTING;
    private long minutes;
    private final Repetition looks;
    private final Repetition reminders;
    private long awaitedNanos = FIRST_AWAITED_NANOS;
    private boolean looking;
    private boolean allVoted;
    private boolean absenceLogged;
    private boolean lossLogged;

    /** Whether the log has that there is no majority yet. */
    private boolean waitLogged;

    /** When there was a majority for the last time, or when the monitor began. */
    private long withoutSince;

    private boolean closed;

    private enum Phase {
        /** There was no majority yet. */
        STARTING,
        /** There is a majority. */
        MAJORITY,
        /** There was a majority, and it is gone. */
        LOST
    }

    /**
     * A monitor that has not begun.
     *
     * @param votesMatter whether there is a store that needs votes, or may be
     */
    public MajorityMonitor(Replication replication, FailureDetector detector, BooleanSupplier votesMatter, Logger log) {
        this.replication = replication;
        this.detector = detector;
        this.votesMatter = votesMatter;
        this.log = log;
        this.votes = new Votes(replication);
        this.ownVote = new OwnVote(replication, votesMatter, () -> phase == Phase.MAJORITY, log);
        Scheduler scheduler = replication.world().scheduler();
        this.looks = new Repetition(scheduler, UNSETTLED_NANOS, this::look, () -> looking = false);
        this.reminders = new Repetition(scheduler, REMINDER.toNanos(), this::remindAgain);
    }

    public void start() {
        withoutSince = replication.world().clock().nanos();
        detector.addListener((peer, before, now) -> changed(peer, now), Runnable::run);
        NodeReplication.of(replication.loop()).onVotersChange((before, now) -> looks.in(0));
        ownVote.start();
        reminders.in(REMINDER.toNanos());
        looks.guard(this::look);
    }

    public void close() {
        closed = true;
        ownVote.close();
    }

    /**
     * Whether a replica answered recently that it votes. One that was slow to answer this time
     * still counts.
     */
    boolean votes(NodeId replica) {
        return votes.votes(replica);
    }

    /** The replicas that have not voted since this node was started. */
    List<NodeId> neverVoted() {
        return votes.neverVoted();
    }

    /** Takes in the reports of replicas. */
    void hear(Map<NodeId, ReplicaReport> reports) {
        votes.hear(reports);
        judge();
    }

    /**
     * Runs {@code ready} when all replicas, asked from now on, have answered that they vote.
     *
     * @param nanos how long it waits
     * @param fail is called instead when that time is over
     * @return a task that ends the wait silently, if it has not ended
     */
    public Runnable awaitAll(long nanos, Runnable ready, Consumer<Throwable> fail) {
        Waiter waiter = new Waiter(ready, fail);
        waiting.add(waiter);
        waiter.timer = replication.world().scheduler().schedule(nanos, waiter::expire);
        awaitedNanos = FIRST_AWAITED_NANOS;
        look();
        return waiter::leave;
    }

    private void look() {
        if (looking || closed) {
            return;
        }
        looking = true;
        // A waiter that comes while requests are in flight waits for the next round.
        Set<Waiter> waiters = new LinkedHashSet<>(waiting);
        Voters asked = replication.loop().voters();
        var unused = replication
                .reports(LOOK_TIMEOUT)
                .thenAccept(reports -> looks.guard(() -> looked(asked, reports, waiters)));
    }

    private void looked(Voters asked, Map<NodeId, ReplicaReport> reports, Set<Waiter> waiters) {
        looking = false;
        if (closed) {
            return;
        }
        if (!asked.equals(replication.loop().voters())) {
            look();
            return;
        }
        ownVote.look();
        count(asked);
        hear(reports);
        if (reports.values().stream().allMatch(ReplicaReport::isVoting)) {
            waiters.stream().filter(Waiter::leave).forEach(waiter -> waiter.ready.run());
        }
        long pause = votes.areAll() ? SETTLED_NANOS : UNSETTLED_NANOS;
        if (!waiting.isEmpty()) {
            // Soon at first, for users who start all nodes together; seldom where one stays away.
            pause = Math.min(awaitedNanos, UNSETTLED_NANOS);
            awaitedNanos = 2 * pause;
        }
        looks.in(pause);
    }

    /** Counts the votes of those that were asked, who may be others than before. */
    private void count(Voters asked) {
        if (!votes.change(asked)) {
            return;
        }
        if (allVoted && phase == Phase.MAJORITY) {
            reminders.in(REMINDER.toNanos());
        }
        allVoted = false;
        absenceLogged = false;
    }

    private void changed(NodeId peer, PeerState now) {
        if (closed || votes.voters().indexOf(peer) < 0) {
            return;
        }
        if (now.isGone() || now == PeerState.ONE_WAY) {
            votes.forget(peer);
            judge();
        }
        look();
    }

    private void judge() {
        boolean enough = votes.toSpare() >= 0;
        boolean all = votes.areAll();
        if (enough && phase != Phase.MAJORITY) {
            phase = Phase.MAJORITY;
            if (lossLogged || waitLogged || !all) {
                logMajority(lossLogged ? "have their majority again" : "have a majority", withoutText());
            }
            lossLogged = false;
            waitLogged = false;
        } else if (!enough && phase == Phase.MAJORITY) {
            phase = Phase.LOST;
            minutes = 0;
            withoutSince = replication.world().clock().nanos();
            reminders.in(REMINDER.toNanos());
            logLoss();
        }
        if (all && !allVoted && !votes.voters().isJoint()) {
            allVoted = true;
            logMajority("have all replicas", "");
        }
    }

    private String withoutText() {
        return lossLogged || waitLogged
                ? ", after " + OwnVote.waited(replication.world().clock().nanos() - withoutSince)
                        + " without a majority"
                : "";
    }

    private void logMajority(String what, String after) {
        if (!votesMatter.getAsBoolean()) {
            return;
        }
        int more = votes.toSpare();
        log.info(
                "{}: strong stores {}: {}, and {} may fail{}",
                replication.self(),
                what,
                votes.text(),
                more == 0 ? "none" : more + " of them",
                after);
    }

    private void logLoss() {
        if (votesMatter.getAsBoolean()) {
            lossLogged = true;
            log.warn(
                    "{}: strong stores have lost their majority: {}, and {}. Operations on"
                            + " them fail until more are back: start the missing replicas, or repair the network. {}",
                    replication.self(),
                    votes.text(),
                    votes.needed(),
                    votes.states());
        }
    }

    private void remindAgain() {
        if (closed || (allVoted && phase == Phase.MAJORITY)) {
            return;
        }
        minutes++;
        remind();
        reminders.in(REMINDER.toNanos());
    }

    private void remind() {
        // Whoever looks for the members says so itself.
        boolean searches = NodeReplication.of(replication.loop()).searchProblem() != null;
        if (searches || !votesMatter.getAsBoolean()) {
            return;
        }
        if (phase == Phase.MAJORITY) {
            logAbsence();
        } else {
            logNoMajority();
        }
    }

    private void logNoMajority() {
        boolean lost = phase == Phase.LOST;
        lossLogged |= lost;
        waitLogged |= !lost;
        log.warn(
                "{}: strong stores {} for {} min: {}, and {}. Start the missing replicas, or {}. {}",
                replication.self(),
                lost ? "have been without their majority" : "have waited for a majority",
                minutes,
                votes.text(),
                votes.needed(),
                lost ? "repair the network" : "correct their addresses",
                votes.states());
    }

    private void logAbsence() {
        List<NodeId> absent = neverVoted();
        // Each may have voted, but never all of them at the same time: then nothing is at risk.
        if (!absenceLogged && !absent.isEmpty()) {
            absenceLogged = true;
            log.warn("{}: {}. {}", replication.self(), Warnings.unregistered(absent), votes.states());
        }
    }

    /** Why a wait for all replicas ends. One that was slow to answer still counts as voting. */
    private NotReadyException notReady() {
        if (!votes.areAll()) {
            return new NotReadyException("not all replicas vote: " + votes.counted() + " do", votes.states());
        }
        Map<NodeId, String> states = votes.states();
        states.putAll(votes.problems());
        return new NotReadyException(
                "not all replicas answered in time that they vote, though " + votes.counted() + " did lately", states);
    }

    /** Waits until all replicas vote. */
    private final class Waiter {
        private final Runnable ready;
        private final Consumer<Throwable> fail;
        private Scheduler.@Nullable Timer timer;

        Waiter(Runnable ready, Consumer<Throwable> fail) {
            this.ready = ready;
            this.fail = fail;
        }

        void expire() {
            if (leave()) {
                fail.accept(notReady());
            }
        }

        /** Ends the wait. Returns whether it had not ended before. */
        boolean leave() {
            Scheduler.Timer running = timer;
            if (running != null) {
                running.cancel();
            }
            return waiting.remove(this);
        }
    }
}
