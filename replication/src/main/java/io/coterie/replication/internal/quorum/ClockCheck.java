package io.coterie.replication.internal.quorum;

import io.coterie.replication.Quorums;
import io.coterie.replication.clock.ClusterTime;
import io.coterie.replication.clock.StampClock;
import io.coterie.replication.internal.clock.ClockDifferences;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.Repetition;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares this node's wall clock with those of the replicas when there is a reason to, and every
 * few seconds as long as one is off by more than stamps may be ahead, or most are not known yet.
 * What it finds is said once in the log. While most replicas have another time than this node, its
 * stamps are worth nothing; where the difference is one that stamps bear, they are made by the time
 * of most replicas: otherwise a write of a node that lags would be acknowledged by the first
 * replica, and lost to older ones at the others.
 */
public final class ClockCheck implements ReplyHandler<ReplicaMethods.Report> {
    private static final Logger log = LoggerFactory.getLogger(ClockCheck.class);

    private static final long PAUSE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(100).toNanos();

    /** Clocks that are set differ by less, and so do comparisons over a slow link. */
    private static final long TOLERANCE_MILLIS = 1_000;

    /** An answer is taken to be from half way, and so wrong by half of its round trip at most. */
    private static final long MAX_ROUND_TRIP_NANOS =
            Duration.ofMillis(TOLERANCE_MILLIS).toNanos();

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long UNKNOWN = Long.MIN_VALUE;
    private static final int MAX_COMPLAINTS = 1_000;

    private final QuorumContext context;
    private final ClusterTime time;

    /**
     * Each replica's wall clock less this node's steady one, in milliseconds: it stays true when
     * this node's clock is set.
     */
    private final long[] offsets;

    /** Those of them that came quickly enough to put this node's clock right by. */
    private final long[] exact;

    private final int majority;

    /** Most replicas are known to have this offset or more, and this one or less. */
    private long leastOfMost = UNKNOWN;

    private long mostOfMost = UNKNOWN;
    private long pauseNanos = FIRST_PAUSE_NANOS;
    private boolean corrects;

    private final Set<NodeId> complained = new HashSet<>();
    private long sentAt;
    private int unanswered;
    private final Repetition rests;
    private boolean resting;
    private boolean anyOff;
    private boolean ownOff;
    private Set<NodeId> off = Set.of();

    /** @param time told what most replicas have */
    public ClockCheck(QuorumContext context, ClusterTime time) {
        this.context = context;
        this.time = time;
        this.offsets = new long[context.replicas().size()];
        this.rests = new Repetition(context.world().scheduler(), PAUSE_NANOS, this::restIsOver, this::askAnew);
        this.majority = Quorums.majority(offsets.length);
        this.exact = new long[offsets.length];
        Arrays.fill(offsets, UNKNOWN);
        Arrays.fill(exact, UNKNOWN);
    }

    /** There is a reason to look, unless that was done a moment ago. */
    public void suspect() {
        if (unanswered == 0 && !resting) {
            rests.guard(this::ask);
        }
    }

    /** This node's replica refused a stamp or a ballot that is too far ahead, or was shown one. */
    public void refused(NodeId writer, long leadMillis) {
        suspect();
        boolean stranger = context.indexOf(writer) < 0;
        if (stranger && complained.size() < MAX_COMPLAINTS && complained.add(writer)) {
            log.warn(
                    "this replica refuses writes from {}: its clock is {} this node's. Set the wrong clock, for"
                            + " instance by NTP",
                    writer,
                    ClockDifferences.text(leadMillis));
        }
    }

    /**
     * What is wrong with this node's clock by the word of most replicas, and what to do; null as
     * far as is known nothing.
     */
    @Nullable
    public String ownProblem() {
        return anyOff ? differences().ownProblem() : null;
    }

    /**
     * What this node's wall clock lacks to the time of most replicas, in milliseconds; 0 if it is
     * little, or too much for stamps.
     */
    public long correctionMillis() {
        if (leastOfMost == UNKNOWN) {
            return 0;
        }
        long offset = offset();
        long behind = leastOfMost - offset;
        long missing = behind > 0 ? behind : Math.min(0, mostOfMost - offset);
        if (Math.abs(missing) <= TOLERANCE_MILLIS || Math.abs(missing) > StampClock.MAX_LEAD.toMillis()) {
            return 0;
        }
        suspect();
        return missing;
    }

    private void ask() {
        List<NodeId> others = context.otherReplicas();
        sentAt = nanos();
        unanswered = others.size();
        for (NodeId other : others) {
            context.node().send(other, ReplicaMethods.REPORT, true, context.attemptNanos(), this);
        }
    }

    @Override
    public void onReply(NodeId peer, ReplicaMethods.Report said) {
        long ahead = ClockDifferences.aheadMillis(
                said.wallMillis(), sentAt, context.world().clock());
        int index = context.indexOf(peer);
        offsets[index] = offset() + ahead;
        if (nanos() - sentAt <= MAX_ROUND_TRIP_NANOS) {
            exact[index] = offsets[index];
            rank();
        }
        oneEnded();
    }

    @Override
    public void onFailure(NodeId peer, RpcException failure) {
        oneEnded();
    }

    private void oneEnded() {
        tell();
        unanswered--;
        if (unanswered == 0) {
            resting = true;
            // Soon at first: a node that has just been started is not connected yet.
            pauseNanos = isMostKnown() ? PAUSE_NANOS : Math.min(2 * pauseNanos, PAUSE_NANOS);
            rests.in(pauseNanos);
        }
    }

    private void restIsOver() {
        resting = false;
        if (anyOff || corrects || !isMostKnown()) {
            ask();
        }
    }

    private boolean isMostKnown() {
        return leastOfMost != UNKNOWN;
    }

    private void rank() {
        long[] known = Arrays.stream(exact)
                .filter(offset -> offset != UNKNOWN)
                .sorted()
                .toArray();
        if (known.length >= majority) {
            leastOfMost = known[known.length - majority];
            mostOfMost = known[majority - 1];
        }
    }

    /** Asking threw: some may have been asked, and not all will answer. */
    private void askAnew() {
        unanswered = 0;
        resting = true;
    }

    private void tell() {
        ClockDifferences now = differences();
        Map<NodeId, Long> large = now.large();
        anyOff = !large.isEmpty();
        String problem = now.ownProblem();
        time.compared(now.agreedAheadMillis(context.selfIndex() >= 0));
        if (problem != null && !ownOff) {
            log.warn("{}", problem);
        } else if (problem == null && !off.containsAll(large.keySet())) {
            log.warn(
                    "the clocks of these replicas differ from this node's by more than {} s, in milliseconds {}: eventual writes"
                            + " between them are refused. Set the wrong clocks, for instance by NTP",
                    StampClock.MAX_LEAD.toSeconds(),
                    large);
        } else if (!off.isEmpty() && !anyOff) {
            log.info("the clocks of all replicas agree with this node's again");
        }
        long correction = correctionMillis();
        if (correction != 0 && !corrects) {
            log.info(
                    "this node's clock is {} those of most replicas; its eventual writes get timestamps by theirs until this"
                            + " clock is set",
                    ClockDifferences.text(-correction));
        }
        corrects = correction != 0;
        ownOff = problem != null;
        off = Set.copyOf(large.keySet());
    }

    /** As they are now: this node's clock may have been set since. */
    private ClockDifferences differences() {
        Map<NodeId, Long> ahead = new LinkedHashMap<>();
        long offset = offset();
        for (int i = 0; i < offsets.length; i++) {
            if (offsets[i] != UNKNOWN) {
                ahead.put(context.replicas().get(i), offsets[i] - offset);
            }
        }
        return new ClockDifferences(context.replicas(), ahead);
    }

    /** This node's wall clock less its steady one, in milliseconds. */
    private long offset() {
        return context.world().clock().wallMillis() - nanos() / NANOS_PER_MILLI;
    }

    private long nanos() {
        return context.world().clock().nanos();
    }
}
