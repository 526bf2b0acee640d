package io.coterie.consistency.internal.eventual;

import io.coterie.consistency.Completion;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.KeyListener;
import io.coterie.consistency.KeyRange;
import io.coterie.consistency.KeyWatch;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.ScanCompletion;
import io.coterie.consistency.StoreContext;
import io.coterie.consistency.internal.pending.ConnectionGate;
import io.coterie.consistency.internal.pending.Expiry;
import io.coterie.consistency.internal.pending.PendingOperation;
import io.coterie.consistency.internal.pending.StoreRefusals;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.Replication;
import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.error.MessageTooLargeException;
import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.node.NodeId;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A store of versioned values. A write is acknowledged by the first replica that has it, and sent
 * to the others a few times if they do not answer. A read is answered by the first replica; when
 * the others have answered as well, those that lag behind are brought up to date.
 */
public final class EventualStore implements PolicyStore {
    /**
     * How often a replica that does not answer is sent a write that others have: enough for a
     * connection that broke. For one that is away for longer, sending each write until its deadline
     * would only fill this node's memory; reads repair it.
     */
    private static final int SPREAD_ATTEMPTS = 4;

    private final StoreContext context;
    private final Replication replication;
    private final long storeId;
    private final Expiry<Pending> expiry;
    private final ConnectionGate gate;
    private boolean closed;

    public EventualStore(StoreContext context) {
        this.context = context;
        this.replication = context.replication();
        this.storeId = context.store().id();
        this.expiry = new Expiry<>(replication.world(), Pending::expire);
        this.gate = ConnectionGate.ofAny(replication);
        replication.suspectClocks();
    }

    @Override
    public void execute(byte[] key, Operation operation, long deadlineNanos, Completion completion) {
        if (closed) {
            completion.fail(new NodeClosedException("the store is closed", false));
            return;
        }
        if (key.length > RecordKey.MAX_BYTES && !operation.isRead()) {
            completion.fail(StoreRefusals.keyTooLong(context.store().name(), key));
            return;
        }
        RecordKey recordKey = new RecordKey(storeId, key);
        if (operation instanceof Operation.Get) {
            begin(new Read(recordKey, operation, deadlineNanos, completion));
        } else if (operation instanceof Operation.Put put) {
            write(new Write(recordKey, put.value(), operation, deadlineNanos, completion));
        } else if (operation instanceof Operation.Delete) {
            write(new Write(recordKey, null, operation, deadlineNanos, completion));
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
        gate.clear();
        expiry.drain(pending -> pending.fail(new NodeClosedException("the node was closed", pending.maybeApplied())));
    }

    private void write(Write write) {
        String problem = replication.clockProblem();
        if (problem != null) {
            write.fail(new QuorumUnavailableException(
                    write.what() + " was not sent, as " + problem, replication.connections()));
            replication.suspectClocks();
            return;
        }
        begin(write);
    }

    private void begin(Pending pending) {
        expiry.add(pending);
        gate.pass(pending);
    }

    private abstract class Pending extends PendingOperation implements ConnectionGate.Waiter {
        private final Operation operation;
        private final Set<NodeId> refusing = new HashSet<>();

        Pending(Operation operation, long deadline, Completion completion) {
            super(deadline, completion);
            this.operation = operation;
        }

        String what() {
            return "store \"" + context.store().name() + "\": "
                    + operation.getClass().getSimpleName();
        }

        boolean maybeApplied() {
            return false;
        }

        /** It may have ended just before replicas were back. */
        @Override
        public void begin() {
            if (!isDone()) {
                send();
            }
        }

        /** Asks the replicas. */
        abstract void send();

        /** Whether replicas were asked. */
        abstract boolean hasBegun();

        @Override
        public void refuse() {
            fail(new QuorumUnavailableException(
                    what() + " was not begun: no replica is connected", replication.connections()));
        }

        void expire() {
            if (hasBegun()) {
                fail(noAnswer(what() + " " + whatIsMissing(), said()));
            } else {
                gate.leave(this);
                refuse();
            }
        }

        String whatIsMissing() {
            return "was answered by no replica in time";
        }

        CoterieException noAnswer(String text, Map<NodeId, String> said) {
            return maybeApplied()
                    ? new OutcomeUnknownException(text, said)
                    : new QuorumUnavailableException(text, said);
        }

        /**
         * A message is over the limit of this node or of a replica: it is over once that is so of
         * all.
         */
        void tooLarge(NodeId replica) {
            refusing.add(replica);
            if (refusing.size() == replication.replicas().size()) {
                String text = what() + " " + StoreRefusals.TOO_LARGE;
                fail(
                        maybeApplied()
                                ? new OutcomeUnknownException(text, said())
                                : new MessageTooLargeException(text + "; not applied. Replicas: " + said(), false));
            }
        }

        abstract Map<NodeId, String> said();
    }

    /**
     * A put or a delete. A replica that has a later timestamp does not take it: then it is written
     * again, with a timestamp above that one. A replica whose timestamp is further ahead than this
     * node's clock may follow counts as one that refused.
     */
    private final class Write extends Pending {
        private final RecordKey key;
        private final byte @Nullable [] value;

        /** Those whose timestamps were followed. */
        private final Set<NodeId> followed = new HashSet<>();

        private boolean earlierMaybeApplied;
        private @Nullable WriteAttempt attempt;

        Write(RecordKey key, byte @Nullable [] value, Operation operation, long deadline, Completion completion) {
            super(operation, deadline, completion);
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
            WriteAttempt next = new WriteAttempt(this, replication.hlcClock().next());
            attempt = next;
            next.call = replication.merge(key, new VersionedValue(next.timestamp, value), deadline, next);
        }

        /** A replica has a later timestamp. */
        void overtaken(WriteAttempt by, NodeId replica, HlcTimestamp inForce) {
            if (followed.contains(replica)) {
                // That timestamp came there after the one that was followed: the two writes are
                // concurrent.
                complete(Result.APPLIED);
            } else if (replication.hlcClock().observe(inForce)) {
                followed.add(replica);
                by.cancel();
                send();
            } else {
                by.refused(
                        replica,
                        "it has a value with a timestamp "
                                + replication.hlcClock().leadMillis(inForce)
                                + " ms ahead of this node's clock, and keeps it; set the clocks of both machines");
            }
        }

        void refusedByAll(Map<NodeId, String> refusals) {
            fail(noAnswer(what() + " was refused by all replicas, as their clocks and this node's differ", refusals));
        }

        @Override
        String whatIsMissing() {
            int refusals = attempt == null ? 0 : attempt.refusals.size();
            return refusals == 0
                    ? super.whatIsMissing()
                    : "was refused by " + refusals + " of "
                            + replication.replicas().size()
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
    }

    /** A write with one timestamp. */
    private final class WriteAttempt implements ResponseCollector<HlcTimestamp> {
        private final Write write;
        private final HlcTimestamp timestamp;
        private final Map<NodeId, String> refusals = new LinkedHashMap<>();
        private int answers;
        private boolean cancelled;

        /** Null as long as the replicas are being asked. */
        @Nullable
        QuorumCall call;

        WriteAttempt(Write write, HlcTimestamp timestamp) {
            this.write = write;
            this.timestamp = timestamp;
        }

        @Override
        public boolean onAnswer(NodeId replica, HlcTimestamp inForce) {
            answers++;
            if (inForce.equals(timestamp)) {
                write.complete(Result.APPLIED);
            } else if (write.isDone()) {
                // Who had that timestamp may know of this write, and have replaced it: it must not
                // be put above that.
                replication.hlcClock().observe(inForce);
                replication.suspectClocks();
            } else {
                write.overtaken(this, replica, inForce);
            }
            return cancelled || answers == replication.replicas().size();
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
            replication.suspectClocks();
            refusals.put(replica, problem);
            if (refusals.size() == replication.replicas().size()) {
                write.refusedByAll(refusals);
            }
        }

        void cancel() {
            cancelled = true;
            if (call != null) {
                call.cancel();
            }
        }

        boolean maybeExecuted() {
            return call != null && call.maybeExecuted();
        }

        Map<NodeId, String> said() {
            Map<NodeId, String> said = new LinkedHashMap<>(call == null ? Map.of() : call.said());
            said.putAll(refusals);
            return said;
        }
    }

    private final class Read extends Pending implements ResponseCollector<VersionedValue> {
        private final RecordKey key;
        private int answers;
        private VersionedValue newest = VersionedValue.NEVER;

        @Nullable
        QuorumCall call;

        Read(RecordKey key, Operation operation, long deadline, Completion completion) {
            super(operation, deadline, completion);
            this.key = key;
        }

        @Override
        void send() {
            call = replication.fetch(key, deadline, this);
        }

        @Override
        boolean hasBegun() {
            return call != null;
        }

        @Override
        public boolean onAnswer(NodeId replica, VersionedValue answer) {
            answers++;
            HlcClock clock = replication.hlcClock();
            if (!clock.observe(answer.timestamp())) {
                replication.suspectClocks();
            }
            boolean agrees = answers == 1 || answer.timestamp().equals(newest.timestamp());
            if (answers == 1 || clock.isLater(answer.timestamp(), newest.timestamp())) {
                newest = answer;
            }
            complete(new Result(true, answer.value()));
            // Replicas take no timestamp that is too far ahead, and of a reader none.
            if (!agrees && !replication.isReadOnly() && clock.trusts(newest.timestamp())) {
                replication.merge(key, newest, deadline, new Repair());
            }
            return answers == replication.replicas().size();
        }

        @Override
        public void onTooLarge(NodeId replica, String problem) {
            tooLarge(replica);
        }

        @Override
        Map<NodeId, String> said() {
            return call == null ? Map.of() : call.said();
        }

        @Override
        public boolean asksAgain(NodeId replica, int failures) {
            return !isDone();
        }
    }

    private final class Repair implements ResponseCollector<HlcTimestamp> {
        private int answers;

        @Override
        public boolean onAnswer(NodeId replica, HlcTimestamp inForce) {
            answers++;
            return answers == replication.replicas().size();
        }

        @Override
        public boolean asksAgain(NodeId replica, int failures) {
            return failures < SPREAD_ATTEMPTS;
        }
    }
}
