package io.coterie.consistency.internal.eventual;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.Result;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A put or a delete. A replica that has a later timestamp does not take it: then it is written
 * again, with a timestamp above that one. A replica whose timestamp is further ahead than this
 * node's clock may follow counts as one that refused.
 */
final class EventualWrite extends EventualOperation {
    /**
     * How often a replica that does not answer is sent a write that others have: enough for a
     * connection that broke. For one that is away for longer, sending each write until its deadline
     * would only fill this node's memory; reads repair it.
     */
    static final int SPREAD_ATTEMPTS = 4;

    private final RecordKey key;
    private final byte @Nullable [] value;

    /** Those whose timestamps were followed. */
    private final Set<NodeId> followed = new HashSet<>();

    private boolean earlierMaybeApplied;
    private @Nullable Attempt attempt;

    EventualWrite(
            EventualContext context,
            RecordKey key,
            byte @Nullable [] value,
            Operation operation,
            long deadline,
            Completion completion) {
        super(context, operation, deadline, completion);
        this.key = key;
        this.value = value;
    }

    @Override
    boolean hasBegun() {
        return attempt != null;
    }

    @Override
    void send() {
        earlierMaybeApplied = maybeApplied();
        Attempt next = new Attempt(this, replication().hlcClock().next());
        attempt = next;
        merge(next);
    }

    private void merge(Attempt next) {
        next.call = replication().merge(key, new VersionedValue(next.timestamp, value), deadline, next);
    }

    /** A replica has a later timestamp. */
    private void overtaken(Attempt by, NodeId replica, HlcTimestamp inForce) {
        if (followed.contains(replica)) {
            // That timestamp came there after the one that was followed: the two writes are
            // concurrent.
            acknowledged(by, replica);
        } else if (replication().hlcClock().observe(inForce)) {
            followed.add(replica);
            by.cancel();
            send();
        } else {
            by.refused(
                    replica,
                    "it has a value with a timestamp "
                            + replication().hlcClock().leadMillis(inForce)
                            + " ms ahead of this node's clock, and keeps it; set the clocks of both machines");
        }
    }

    /** A replica has the write, or one that is concurrent and later. */
    private void acknowledged(Attempt by, NodeId replica) {
        by.acknowledged |= by.voters.bit(replica);
        if (context.quorums().isWritten(by.voters, by.acknowledged)) {
            complete(Result.APPLIED);
        }
    }

    void refusedByTooMany(Map<NodeId, String> refusals) {
        String many = refusals.size() == replication().replicas().size() ? "all" : "too many";
        fail(noAnswer(
                what() + " was refused by " + many + " replicas, as their clocks and this node's differ", refusals));
    }

    @Override
    String whatIsMissing() {
        Attempt last = attempt;
        int refusals = last == null ? 0 : last.refusals.size();
        if (last != null && last.acknowledged != 0) {
            return context.quorums().missing(last.voters, "write");
        }
        return refusals == 0
                ? super.whatIsMissing()
                : "was refused by " + refusals + " of "
                        + replication().replicas().size()
                        + " replicas, whose clocks and this node's differ, and confirmed by none of the others in"
                        + " time";
    }

    @Override
    boolean maybeApplied() {
        return earlierMaybeApplied || (attempt != null && attempt.maybeExecuted());
    }

    @Override
    Map<NodeId, String> said() {
        return attempt == null ? Map.of() : attempt.said();
    }

    /** A write with one timestamp. */
    private static final class Attempt implements ResponseCollector<HlcTimestamp> {
        private final EventualWrite write;
        private final HlcTimestamp timestamp;
        private final Map<NodeId, String> refusals = new LinkedHashMap<>();
        private Voters voters;

        /** A bit for each replica. */
        private long answered;

        /** A bit for each replica that has the write, or a later one. */
        private long acknowledged;

        private boolean cancelled;

        /** Null as long as the replicas are being asked. */
        @Nullable
        QuorumCall call;

        Attempt(EventualWrite write, HlcTimestamp timestamp) {
            this.write = write;
            this.timestamp = timestamp;
            this.voters = write.replication().voters();
        }

        @Override
        public boolean onAnswer(NodeId replica, HlcTimestamp inForce) {
            answered |= voters.bit(replica);
            if (inForce.equals(timestamp)) {
                write.acknowledged(this, replica);
            } else if (write.isDone()) {
                // Whoever had that timestamp may know of this write, and have replaced it: it must
                // not be put above that.
                write.replication().hlcClock().observe(inForce);
                write.replication().suspectClocks();
            } else {
                write.overtaken(this, replica, inForce);
            }
            return cancelled || answered == voters.allBits();
        }

        /** The same write goes to the new replicas, also where others have it already. */
        @Override
        public void onVotersChanged() {
            write.earlierMaybeApplied |= maybeExecuted();
            write.othersAsked();
            voters = write.replication().voters();
            answered = 0;
            acknowledged = 0;
            refusals.clear();
            write.merge(this);
        }

        @Override
        public void onTooLarge(NodeId replica, String problem) {
            if (!cancelled) {
                write.tooLarge(replica);
            }
        }

        @Override
        public void onClockAhead(NodeId replica, String problem) {
            refused(replica, problem);
        }

        @Override
        public boolean asksAgain(NodeId replica, int failures) {
            return !write.isDone() || failures < SPREAD_ATTEMPTS;
        }

        void refused(NodeId replica, String problem) {
            write.replication().suspectClocks();
            refusals.put(replica, problem);
            long refusing = 0;
            for (NodeId each : refusals.keySet()) {
                refusing |= voters.bit(each);
            }
            if (!write.context.quorums().isWritten(voters, voters.allBits() & ~refusing)) {
                write.refusedByTooMany(refusals);
            }
        }

        void cancel() {
            cancelled = true;
            if (call != null) {
                call.cancel();
            }
        }

        boolean maybeExecuted() {
            return acknowledged != 0 || (call != null && call.maybeExecuted());
        }

        Map<NodeId, String> said() {
            Map<NodeId, String> said = new LinkedHashMap<>(call == null ? Map.of() : call.said());
            said.putAll(refusals);
            return said;
        }
    }
}
