package io.coterie.internal.readiness;

import io.coterie.NotReadyException;
import io.coterie.failuredetector.FailureDetector;
import io.coterie.failuredetector.PeerState;
import io.coterie.internal.settings.Warnings;
import io.coterie.replication.ReplicaReport;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.Replication;
import io.coterie.replication.spi.Quorums;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import io.coterie.rpc.spi.Scheduler;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Knows which replicas vote. It asks them from time to time, and logs when strong stores have their
 * majority, lose it, and have it again. A replica counts from its answer that it votes until the
 * failure detector takes it for down, so that a slow one still counts. Only to be used on the loop.
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
    private final List<NodeId> replicas;
    private final int majority;
    private final Map<NodeId, ReplicaReport> heard = new HashMap<>();
    private final Map<NodeId, String> problems = new HashMap<>();
    private final Set<NodeId> everVoted = new HashSet<>();
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
        this.replicas = replication.replicas();
        Scheduler scheduler = replication.world().scheduler();
        this.looks = new Repetition(scheduler, UNSETTLED_NANOS, this::look, () -> looking = false);
        this.reminders = new Repetition(scheduler, REMINDER.toNanos(), this::remindAgain);
        this.majority = Quorums.majority(replicas.size());
    }

    public void start() {
        detector.addListener((peer, before, now) -> changed(peer, now));
        reminders.in(REMINDER.toNanos());
        looks.guard(this::look);
    }

    public void close() {
        closed = true;
    }

    /**
     * Whether a replica answered recently that it votes. One that was slow to answer this time
     * still counts.
     */
    boolean votes(NodeId replica) {
        if (replica.equals(replication.self())) {
            return replication.localState() == ReplicaState.VOTING;
        }
        ReplicaReport last = heard.get(replica);
        return last != null && last.isVoting();
    }

    /** The replicas that have not voted since this node was started. */
    List<NodeId> neverVoted() {
        return replicas.stream().filter(replica -> !everVoted.contains(replica)).toList();
    }

    /** Takes in the reports of replicas. */
    void hear(Map<NodeId, ReplicaReport> reports) {
        reports.forEach((replica, report) -> {
            if (report.state() != null) {
                heard.put(replica, report);
            }
            if (report.isVoting()) {
                everVoted.add(replica);
            }
            String problem = report.problem();
            if (problem == null) {
                problems.remove(replica);
            } else {
                problems.put(replica, problem);
            }
        });
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
        Set<Waiter> asked = new LinkedHashSet<>(waiting);
        var unused = replication.reports(LOOK_TIMEOUT).thenAccept(reports -> looks.guard(() -> looked(reports, asked)));
    }

    private void looked(Map<NodeId, ReplicaReport> reports, Set<Waiter> asked) {
        looking = false;
        if (closed) {
            return;
        }
        hear(reports);
        if (reports.values().stream().allMatch(ReplicaReport::isVoting)) {
            asked.stream().filter(Waiter::leave).forEach(waiter -> waiter.ready.run());
        }
        long pause = voting() == replicas.size() ? SETTLED_NANOS : UNSETTLED_NANOS;
        if (!waiting.isEmpty()) {
            // Soon at first, for users who start all nodes together; seldom where one stays away.
            pause = Math.min(awaitedNanos, UNSETTLED_NANOS);
            awaitedNanos = 2 * pause;
        }
        looks.in(pause);
    }

    private void changed(NodeId peer, PeerState now) {
        if (closed || !replicas.contains(peer)) {
            return;
        }
        if (now == PeerState.DOWN) {
            // It may come back as one that does not vote: it has to report again.
            heard.remove(peer);
            judge();
        }
        look();
    }

    private void judge() {
        int voting = voting();
        if (voting >= majority && phase != Phase.MAJORITY) {
            phase = Phase.MAJORITY;
            if (lossLogged || voting < replicas.size()) {
                logMajority(lossLogged ? "have their majority again" : "have a majority", voting);
            }
            lossLogged = false;
        } else if (voting < majority && phase == Phase.MAJORITY) {
            phase = Phase.LOST;
            minutes = 0;
            reminders.in(REMINDER.toNanos());
            logLoss(voting);
        }
        if (voting == replicas.size() && !allVoted) {
            allVoted = true;
            logMajority("have all replicas", voting);
        }
    }

    private void logMajority(String what, int voting) {
        if (!votesMatter.getAsBoolean()) {
            return;
        }
        int more = voting - majority;
        log.info(
                "{}: strong stores {}: {}, and {} may fail",
                replication.self(),
                what,
                votingText(voting),
                more == 0 ? "none" : more + " of them");
    }

    private void logLoss(int voting) {
        if (votesMatter.getAsBoolean()) {
            lossLogged = true;
            log.warn(
                    "{}: strong stores have lost their majority: {}, and {} are needed. Operations on"
                            + " them fail until more are back: start the missing replicas, or repair the network. {}",
                    replication.self(),
                    votingText(voting),
                    majority,
                    states());
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
        if (!votesMatter.getAsBoolean()) {
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
        log.warn(
                "{}: strong stores {} for {} min: {}, and {} are needed. Start the missing replicas, or" + " {}. {}",
                replication.self(),
                lost ? "have been without their majority" : "have waited for a majority",
                minutes,
                votingText(voting()),
                majority,
                lost ? "repair the network" : "correct their addresses",
                states());
    }

    private void logAbsence() {
        List<NodeId> absent = neverVoted();
        // Each may have voted, but never all of them at the same time: then nothing is at risk.
        if (!absenceLogged && !absent.isEmpty()) {
            absenceLogged = true;
            log.warn("{}: {}. {}", replication.self(), Warnings.unregistered(absent), states());
        }
    }

    private int voting() {
        return (int) replicas.stream().filter(this::votes).count();
    }

    private String votingText(int voting) {
        return voting + " of " + replicas.size() + (voting == 1 ? " replicas votes" : " replicas vote");
    }

    /** The state of each replica as text. */
    private Map<NodeId, String> states() {
        Map<NodeId, String> states = new LinkedHashMap<>();
        for (NodeId replica : replicas) {
            String problem = problems.get(replica);
            states.put(replica, votes(replica) ? "votes" : problem == null ? "down" : problem);
        }
        return states;
    }

    /** Why a wait for all replicas ends. One that was slow to answer still counts as voting. */
    private NotReadyException notReady() {
        int voting = voting();
        String counted = voting + " of " + replicas.size();
        if (voting < replicas.size()) {
            return new NotReadyException("not all replicas vote: " + counted + " do", states());
        }
        Map<NodeId, String> states = states();
        states.putAll(problems);
        return new NotReadyException(
                "not all replicas answered in time that they vote, though " + counted + " did lately", states);
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
