package io.coterie.consistency;

import io.coterie.replication.Gathering;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.QuorumCall;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.RecordKey;
import io.coterie.replication.Replication;
import io.coterie.replication.Stamp;
import io.coterie.replication.Stamped;
import io.coterie.rpc.NodeClosedException;
import io.coterie.rpc.NodeId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A store of stamped values. A write is acknowledged by the first replica that has it, and sent to the others a few times if
 * they do not answer. A read is answered by the first replica; when the others have answered as well,
 * those that lag behind are brought up to date.
 */
final class EventualStore implements PolicyStore {
    /**
     * How often a replica that does not answer is sent a write that others have: enough for a connection that broke. For one
     * that is away for longer, sending each write until its deadline would only fill this node's memory; reads repair it.
     */
    private static final int SPREAD_ATTEMPTS = 4;

    private final StoreContext context;
    private final Replication replication;
    private final long storeId;
    private final Expiry<Pending> expiry;
    private boolean closed;

    EventualStore(StoreContext context) {
        this.context = context;
        this.replication = context.replication();
        this.storeId = context.store().id();
        this.expiry = new Expiry<>(replication.world(), Pending::expire);
    }

    @Override
    public void execute(byte[] key, Operation operation, long deadlineNanos, Completion completion) {
        if (closed) {
            completion.fail(new NodeClosedException("the store is closed", false));
            return;
        }
        RecordKey recordKey = new RecordKey(storeId, key);
        if (operation instanceof Operation.Get) {
            Read read = new Read(recordKey, operation, deadlineNanos, completion);
            expiry.add(read);
            read.call = replication.fetch(recordKey, deadlineNanos, read);
        } else if (operation instanceof Operation.Put put) {
            write(recordKey, put.value(), new Write(operation, deadlineNanos, completion));
        } else if (operation instanceof Operation.Delete) {
            write(recordKey, null, new Write(operation, deadlineNanos, completion));
        } else {
            throw new UnsupportedOperationException("store \"" + context.store().name() + "\" is eventual: "
                    + operation.getClass().getSimpleName()
                    + " needs replicas to agree. Open the store with Consistency.strong()");
        }
    }

    @Override
    public void scan(KeyRange range, int limit, long deadlineNanos, ScanCompletion completion) {
        throw new UnsupportedOperationException("store \"" + context.store().name()
                + "\" is eventual and has no scans. Open the store with Consistency.strong()");
    }

    @Override
    public KeyWatch watch(byte[] prefix, boolean single, int queue, KeyListener listener) {
        throw new UnsupportedOperationException("store \"" + context.store().name()
                + "\" is eventual and has no watches. Open the store with Consistency.strong()");
    }

    @Override
    public PolicyStore reading(ConsistencyPolicy weaker) {
        return weaker instanceof EventualPolicy ? this : PolicyStore.super.reading(weaker);
    }

    @Override
    public void close() {
        closed = true;
        expiry.drain(pending -> pending.fail(new NodeClosedException("the node was closed", pending.maybeApplied)));
    }

    private void write(RecordKey key, byte @Nullable [] value, Write write) {
        Stamp stamp = new Stamp(replication.stampClock().next(), replication.writer());
        expiry.add(write);
        write.maybeApplied = true;
        write.call = replication.merge(key, new Stamped(stamp, value), write.deadline, write);
    }

    private abstract class Pending extends PendingOperation {
        @Nullable
        QuorumCall call;

        int answers;

        Pending(Operation operation, long deadline, Completion completion) {
            super(operation, deadline, completion);
        }

        boolean isAnsweredByAll() {
            return answers == replication.replicas().size();
        }

        void expire() {
            QuorumCall asked = call;
            Map<NodeId, String> said = asked == null ? Map.of() : asked.said();
            String what = "store \"" + context.store().name() + "\": "
                    + operation.getClass().getSimpleName() + " was answered by no replica in time";
            fail(maybeApplied ? new OutcomeUnknownException(what, said) : new QuorumUnavailableException(what, said));
        }
    }

    private final class Write extends Pending implements Gathering<Stamp> {
        Write(Operation operation, long deadline, Completion completion) {
            super(operation, deadline, completion);
        }

        @Override
        public boolean onAnswer(NodeId replica, Stamp inForce) {
            answers++;
            replication.stampClock().observe(inForce.time());
            complete(Result.APPLIED);
            return isAnsweredByAll();
        }

        @Override
        public boolean asksAgain(NodeId replica, int failures) {
            return !isDone() || failures < SPREAD_ATTEMPTS;
        }
    }

    private final class Read extends Pending implements Gathering<Stamped> {
        private final RecordKey key;
        private Stamped newest = Stamped.NEVER;

        Read(RecordKey key, Operation operation, long deadline, Completion completion) {
            super(operation, deadline, completion);
            this.key = key;
        }

        @Override
        public boolean onAnswer(NodeId replica, Stamped answer) {
            answers++;
            replication.stampClock().observe(answer.stamp().time());
            boolean agrees = answers == 1 || answer.stamp().equals(newest.stamp());
            if (answers == 1 || answer.stamp().isAbove(newest.stamp())) {
                newest = answer;
            }
            complete(new Result(true, answer.value()));
            if (!agrees) {
                replication.merge(key, newest, deadline, new Repair());
            }
            return isAnsweredByAll();
        }

        @Override
        public boolean asksAgain(NodeId replica, int failures) {
            return !isDone();
        }
    }

    private final class Repair implements Gathering<Stamp> {
        private int answers;

        @Override
        public boolean onAnswer(NodeId replica, Stamp inForce) {
            answers++;
            return answers == replication.replicas().size();
        }

        @Override
        public boolean asksAgain(NodeId replica, int failures) {
            return failures < SPREAD_ATTEMPTS;
        }
    }
}
