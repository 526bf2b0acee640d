package io.coterie.replication;

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
 * Compares this node's wall clock with those of the replicas when there is a reason to, and every few seconds as long as one is
 * off by more than stamps may be ahead. What it finds is said once in the log. While most replicas have another time than this
 * node, its stamps are worth nothing.
 */
final class ClockCheck implements ReplyHandler<ReplicaMethods.Report> {
    private static final Logger log = LoggerFactory.getLogger(ClockCheck.class);

    private static final long PAUSE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long UNKNOWN = Long.MIN_VALUE;
    private static final int MAX_COMPLAINTS = 1_000;

    private final Replication replication;

    /** Each replica's wall clock less this node's steady one, in milliseconds: it stays true when this node's clock is set. */
    private final long[] offsets;

    private final Set<NodeId> complained = new HashSet<>();
    private long sentAt;
    private int unanswered;
    private final Repetition rests;
    private boolean resting;
    private boolean anyOff;
    private boolean ownOff;
    private Set<NodeId> off = Set.of();

    ClockCheck(Replication replication) {
        this.replication = replication;
        this.offsets = new long[replication.replicas().size()];
        this.rests = new Repetition(replication.world().scheduler(), PAUSE_NANOS, this::restIsOver, this::askAnew);
        Arrays.fill(offsets, UNKNOWN);
    }

    /** There is a reason to look, unless that was done a moment ago. */
    void suspect() {
        if (unanswered == 0 && !resting) {
            rests.guard(this::ask);
        }
    }

    /** This node's replica refused a stamp that is too far ahead, or was shown one. */
    void refused(NodeId writer, long leadMillis) {
        suspect();
        boolean stranger = replication.indexOf(writer) < 0;
        if (stranger && complained.size() < MAX_COMPLAINTS && complained.add(writer)) {
            log.warn(
                    "eventual writes of {} are refused here: its clock is {} this node's; set it, or this one, by NTP for"
                            + " instance",
                    writer,
                    ClockDifferences.text(leadMillis));
        }
    }

    /** What is wrong with this node's clock by the word of most replicas, and what to do; null as far as is known nothing. */
    @Nullable
    String ownProblem() {
        return anyOff ? differences().ownProblem() : null;
    }

    private void ask() {
        List<NodeId> others = replication.otherReplicas();
        sentAt = nanos();
        unanswered = others.size();
        for (NodeId other : others) {
            replication.node().send(other, ReplicaMethods.REPORT, true, replication.attemptNanos(), this);
        }
    }

    @Override
    public void onReply(NodeId peer, ReplicaMethods.Report said) {
        long ahead = ClockDifferences.aheadMillis(
                said.wallMillis(), sentAt, replication.world().clock());
        offsets[replication.indexOf(peer)] = offset() + ahead;
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
            rests.in(PAUSE_NANOS);
        }
    }

    private void restIsOver() {
        resting = false;
        if (anyOff) {
            ask();
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
        if (problem != null && !ownOff) {
            log.warn("{}", problem);
        } else if (problem == null && !off.containsAll(large.keySet())) {
            log.warn(
                    "the clocks of these replicas differ from this node's by more than {} s, in milliseconds {}: eventual writes"
                            + " from one to the other are refused; set their clocks, or this one, by NTP for instance",
                    StampClock.MAX_LEAD.toSeconds(),
                    large);
        } else if (!off.isEmpty() && !anyOff) {
            log.info("the clocks of all replicas agree with this node's again");
        }
        ownOff = problem != null;
        off = Set.copyOf(large.keySet());
    }

    /** As they are now: this node's clock may have been set since. */
    private ClockDifferences differences() {
        Map<NodeId, Long> ahead = new LinkedHashMap<>();
        long offset = offset();
        for (int i = 0; i < offsets.length; i++) {
            if (offsets[i] != UNKNOWN) {
                ahead.put(replication.replicas().get(i), offsets[i] - offset);
            }
        }
        return new ClockDifferences(replication.replicas(), ahead);
    }

    /** This node's wall clock less its steady one, in milliseconds. */
    private long offset() {
        return replication.world().clock().wallMillis() - nanos() / NANOS_PER_MILLI;
    }

    private long nanos() {
        return replication.world().clock().nanos();
    }
}
