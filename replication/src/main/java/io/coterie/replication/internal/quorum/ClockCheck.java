package io.coterie.replication.internal.quorum;

import io.coterie.replication.clock.ClusterTime;
import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.internal.clock.ClockDifferences;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares this node's wall clock with those of the replicas when there is a reason to, and every
 * few seconds while one of them is further off than timestamps may be ahead, or most are unknown.
 * It logs each finding once. While the time of a majority is that far from this node's, this
 * node's timestamps are worthless. Where the difference is smaller, timestamps are made by the time
 * of the majority: otherwise a write of a node whose clock is behind would be acknowledged by the
 * first replica, and lost to older writes at the others.
 */
public final class ClockCheck implements ReplyHandler<ReplicaMethods.Report> {
    private static final Logger log = LoggerFactory.getLogger(ClockCheck.class);

    private static final long PAUSE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(100).toNanos();

    /** Clocks that are set differ by less, and so do comparisons over a slow connection. */
    private static final long TOLERANCE_MILLIS = 1_000;

    /** An answer counts for the middle of its round trip, so its error is half of that at most. */
    private static final long MAX_ROUND_TRIP_NANOS =
            Duration.ofMillis(TOLERANCE_MILLIS).toNanos();

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long UNKNOWN = Long.MIN_VALUE;
    private static final int MAX_LOGGED = 1_000;

    private final QuorumContext context;
    private final ClusterTime time;

    /**
     * Each replica's wall clock minus this node's steady clock, in milliseconds: it stays true when
     * this node's wall clock is set.
     */
    private long[] offsets;

    /** The offsets that were measured quickly enough to correct this node's clock by them. */
    private long[] exact;

    /** A majority of replicas has this offset or a higher one. */
    private long lowestOfMajority = UNKNOWN;

    /** A majority of replicas has this offset or a lower one. */
    private long highestOfMajority = UNKNOWN;

    private long pauseNanos = FIRST_PAUSE_NANOS;
    private boolean corrects;

    private final Set<NodeId> logged = new HashSet<>();
    private long sentAt;
    private int unanswered;
    private final Repetition rests;
    private boolean resting;
    private boolean anyOff;
    private boolean ownOff;
    private Set<NodeId> off = Set.of();

    /**
     * @param time gets the time of a majority of the replicas
     */
    public ClockCheck(QuorumContext context, ClusterTime time) {
        this.context = context;
        this.time = time;
        this.offsets = new long[context.replicas().size()];
        this.rests = new Repetition(context.world().scheduler(), PAUSE_NANOS, this::restIsOver, this::askAnew);
        this.exact = new long[offsets.length];
        Arrays.fill(offsets, UNKNOWN);
        Arrays.fill(exact, UNKNOWN);
        context.onChange(this::votersChanged);
    }

    private void votersChanged(Voters before, Voters now) {
        boolean wasKnown = isMostKnown();
        offsets = now.valuesOf(before, offsets, UNKNOWN);
        exact = now.valuesOf(before, exact, UNKNOWN);
        lowestOfMajority = UNKNOWN;
        highestOfMajority = UNKNOWN;
        rank();
        if (wasKnown && !isMostKnown()) {
            context.world().scheduler().execute(this::suspect);
        }
    }

    /** There is a reason to compare clocks. Does nothing if they were compared a moment ago. */
    public void suspect() {
        if (unanswered == 0 && !resting) {
            rests.guard(this::ask);
        }
    }

    /**
     * This node's replica refused a timestamp or a ballot that is too far ahead, or received one.
     */
    public void refused(NodeId writer, long leadMillis) {
        suspect();
        boolean isClient = context.indexOf(writer) < 0;
        if (isClient && logged.size() < MAX_LOGGED && logged.add(writer)) {
            log.warn(
                    "this replica refuses writes from {}: its clock is {} this node's. Set the wrong clock, for"
                            + " instance by NTP",
                    writer,
                    ClockDifferences.text(leadMillis));
        }
    }

    /**
     * What is wrong with this node's clock, compared with a majority of the replicas, and what to
     * do; null if no problem is known.
     */
    @Nullable
    public String ownProblem() {
        return anyOff ? differences().ownProblem() : null;
    }

    /**
     * The time of a majority of the replicas minus this node's wall clock, in milliseconds; 0 if
     * the difference is small, or too large for timestamps.
     */
    public long correctionMillis() {
        if (lowestOfMajority == UNKNOWN) {
            return 0;
        }
        long offset = offset();
        long behind = lowestOfMajority - offset;
        long missing = behind > 0 ? behind : Math.min(0, highestOfMajority - offset);
        if (Math.abs(missing) <= TOLERANCE_MILLIS || Math.abs(missing) > HlcClock.MAX_LEAD.toMillis()) {
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
            context.loop().send(other, ReplicaMethods.REPORT, true, context.attemptNanos(), this);
        }
    }

    @Override
    public void onReply(NodeId peer, ReplicaMethods.Report report) {
        long ahead = ClockDifferences.aheadMillis(
                report.wallMillis(), sentAt, context.world().clock());
        int index = context.indexOf(peer);
        if (index >= 0) {
            offsets[index] = offset() + ahead;
            if (nanos() - sentAt <= MAX_ROUND_TRIP_NANOS) {
                exact[index] = offsets[index];
                rank();
            }
        }
        oneEnded();
    }

    @Override
    public void onFailure(NodeId peer, RpcException failure) {
        oneEnded();
    }

    private void oneEnded() {
        report();
        unanswered--;
        if (unanswered == 0) {
            resting = true;
            // Soon at first: a node that has just started is not connected yet.
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
        return lowestOfMajority != UNKNOWN;
    }

    private void rank() {
        List<Integer> known = IntStream.range(0, exact.length)
                .filter(i -> exact[i] != UNKNOWN)
                .boxed()
                .sorted(Comparator.comparingLong(i -> exact[i]))
                .collect(Collectors.toCollection(ArrayList::new));
        highestOfMajority = lastOfFirstQuorum(known, highestOfMajority);
        Collections.reverse(known);
        lowestOfMajority = lastOfFirstQuorum(known, lowestOfMajority);
    }

    private long lastOfFirstQuorum(List<Integer> replicas, long otherwise) {
        long bits = 0;
        for (int replica : replicas) {
            bits |= 1L << replica;
            if (context.voters().isQuorum(bits)) {
                return exact[replica];
            }
        }
        return otherwise;
    }

    /** To ask threw an exception: maybe not all were asked, and not all will answer. */
    private void askAnew() {
        unanswered = 0;
        resting = true;
    }

    private void report() {
        ClockDifferences now = differences();
        Map<NodeId, Long> large = now.large();
        anyOff = !large.isEmpty();
        String problem = now.ownProblem();
        time.compared(now.agreedAheadMillis(context.self()));
        if (problem != null && !ownOff) {
            log.warn("{}", problem);
        } else if (problem == null && !off.containsAll(large.keySet())) {
            log.warn(
                    "the clocks of these replicas differ from this node's by more than {} s, in milliseconds {}: eventual writes"
                            + " between them are refused. Set the wrong clocks, for instance by NTP",
                    HlcClock.MAX_LEAD.toSeconds(),
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

    /** The differences of now: this node's clock may have been set since they were measured. */
    private ClockDifferences differences() {
        Map<NodeId, Long> ahead = new LinkedHashMap<>();
        long offset = offset();
        for (int i = 0; i < offsets.length; i++) {
            if (offsets[i] != UNKNOWN) {
                ahead.put(context.replicas().get(i), offsets[i] - offset);
            }
        }
        return new ClockDifferences(context.voters(), ahead);
    }

    /** This node's wall clock minus its steady clock, in milliseconds. */
    private long offset() {
        return context.world().clock().wallMillis() - nanos() / NANOS_PER_MILLI;
    }

    private long nanos() {
        return context.world().clock().nanos();
    }
}
