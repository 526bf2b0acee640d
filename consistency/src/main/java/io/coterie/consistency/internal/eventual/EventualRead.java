package io.coterie.consistency.internal.eventual;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.Result;
import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A get. It ends with the answers of a read quorum, and the newest of all answers is sent to
 * replicas that lag behind.
 */
final class EventualRead extends EventualOperation implements ResponseCollector<VersionedValue> {
    private final RecordKey key;
    private Voters voters;

    /** A bit for each replica. */
    private long answered;

    private @Nullable VersionedValue newest;

    @Nullable
    QuorumCall call;

    EventualRead(EventualContext context, RecordKey key, Operation operation, long deadline, Completion completion) {
        super(context, operation, deadline, completion);
        this.key = key;
        this.voters = context.replication().voters();
    }

    @Override
    void send() {
        voters = replication().voters();
        answered = 0;
        call = replication().fetch(key, deadline, this);
    }

    @Override
    boolean hasBegun() {
        return call != null;
    }

    @Override
    public boolean onAnswer(NodeId replica, VersionedValue answer) {
        answered |= voters.bit(replica);
        HlcClock clock = replication().hlcClock();
        if (!clock.observe(answer.timestamp())) {
            replication().suspectClocks();
        }
        VersionedValue before = newest;
        boolean agrees = before == null || answer.timestamp().equals(before.timestamp());
        VersionedValue latest =
                before == null || clock.isLater(answer.timestamp(), before.timestamp()) ? answer : before;
        newest = latest;
        if (context.quorums().isRead(voters, answered)) {
            complete(new Result(true, latest.value()));
        }
        // Replicas refuse a timestamp that is too far ahead, and every write of a reader.
        if (!agrees && !replication().isReadOnly() && clock.trusts(latest.timestamp())) {
            replication().merge(key, latest, deadline, new Repair(voters));
        }
        return answered == voters.allBits();
    }

    /** A read that has its answer leaves repairs to the next one. */
    @Override
    public void onVotersChanged() {
        if (!isDone()) {
            othersAsked();
            send();
        }
    }

    @Override
    public void onTooLarge(NodeId replica, String problem) {
        tooLarge(replica);
    }

    @Override
    String whatIsMissing() {
        return answered == 0 ? super.whatIsMissing() : context.quorums().missing(voters, "read");
    }

    @Override
    Map<NodeId, String> said() {
        return call == null ? Map.of() : call.said();
    }

    @Override
    public boolean asksAgain(NodeId replica, int failures) {
        return !isDone();
    }

    /** Sends a newer value to all replicas. */
    private static final class Repair implements ResponseCollector<HlcTimestamp> {
        private final Voters voters;
        private long answered;

        Repair(Voters voters) {
            this.voters = voters;
        }

        @Override
        public boolean onAnswer(NodeId replica, HlcTimestamp inForce) {
            answered |= voters.bit(replica);
            return answered == voters.allBits();
        }

        @Override
        public boolean asksAgain(NodeId replica, int failures) {
            return failures < EventualWrite.SPREAD_ATTEMPTS;
        }
    }
}
