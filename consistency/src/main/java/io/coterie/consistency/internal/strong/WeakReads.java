package io.coterie.consistency.internal.strong;

import io.coterie.consistency.Completion;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.KeyListener;
import io.coterie.consistency.KeyRange;
import io.coterie.consistency.KeyWatch;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.ScanCompletion;
import io.coterie.consistency.StoreContext;
import io.coterie.consistency.internal.fetch.StateRequests;
import io.coterie.consistency.internal.fetch.StateSenders;
import io.coterie.consistency.internal.pending.ConnectionGate;
import io.coterie.consistency.internal.pending.Expiry;
import io.coterie.consistency.internal.pending.PendingOperation;
import io.coterie.consistency.internal.pending.StoreRefusals;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.register.UnreadableStates;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.rpc.error.MessageTooLargeException;
import io.coterie.rpc.error.NodeClosedException;
import io.coterie.rpc.node.NodeId;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Weak reads of a strong store: what the first replica of which the state is there, usually the
 * local one, has accepted. It may be stale, and it may be a write that is still in flight. Where
 * {@linkplain StateSenders states are large}, a client waits for the replica that it named, and for
 * another one if that is late. All other operations are as strong as ever.
 */
final class WeakReads implements PolicyStore {
    private final StoreContext context;
    private final NodeReplication replication;
    private final PolicyStore store;
    private final StateRequests states;
    private final Expiry<WeakRead> expiry;
    private final ConnectionGate gate;
    private boolean ended;

    WeakReads(StoreContext context, PolicyStore store, StateRequests states) {
        this.context = context;
        this.replication = NodeReplication.of(context.loop());
        this.store = store;
        this.states = states;
        this.expiry = new Expiry<>(context.world(), WeakRead::expire);
        this.gate = ConnectionGate.ofAny(replication);
    }

    @Override
    public void execute(byte[] key, Operation operation, long deadlineNanos, Completion completion) {
        if (ended) {
            completion.fail(new NodeClosedException("the store is closed", false));
        } else if (operation.isRead()) {
            WeakRead read = new WeakRead(new RecordKey(context.store().id(), key), deadlineNanos, completion);
            expiry.add(read);
            gate.pass(read);
        } else {
            store.execute(key, operation, deadlineNanos, completion);
        }
    }

    @Override
    public void scan(KeyRange range, int limit, long deadlineNanos, ScanCompletion completion) {
        store.scan(range, limit, deadlineNanos, completion);
    }

    @Override
    public KeyWatch watch(byte[] prefix, boolean single, int queue, KeyListener listener) {
        return store.watch(prefix, single, queue, listener);
    }

    @Override
    public PolicyStore reading(ConsistencyPolicy weaker) {
        return store.reading(weaker);
    }

    @Override
    public void close() {
        store.close();
    }

    /** Ends the reads in flight. */
    void end() {
        ended = true;
        gate.clear();
        expiry.drain(read -> read.fail(new NodeClosedException("the node was closed", false)));
    }

    private final class WeakRead extends PendingOperation
            implements ResponseCollector<ReadAnswer>, ConnectionGate.Waiter {
        private final RecordKey key;

        /** Null until it begins. */
        @Nullable
        QuorumCall call;

        private final Set<NodeId> refusing = new HashSet<>();
        /** Null until a replica has shown a state that cannot be read. */
        private @Nullable UnreadableStates unreadable;

        WeakRead(RecordKey key, long deadline, Completion completion) {
            super(deadline, completion);
            this.key = key;
        }

        @Override
        public void begin() {
            if (!isDone()) {
                call = states.read(key, deadline, this);
            }
        }

        @Override
        public void refuse() {
            fail(new QuorumUnavailableException(
                    "store \"" + context.store().name() + "\": a read was not begun: no replica is connected",
                    replication.connections()));
        }

        @Override
        public boolean onAnswer(NodeId replica, ReadAnswer answer) {
            byte[] state = answer.state();
            if (state != null && !RegisterState.isState(state)) {
                return unreadableAt(replica, answer.accepted(), state);
            }
            states.observe(state);
            complete(RegisterState.read(state));
            return true;
        }

        /** Whether nothing better is to come. */
        private boolean unreadableAt(NodeId replica, Ballot accepted, byte[] state) {
            UnreadableStates found = unreadable == null ? new UnreadableStates(key) : unreadable;
            unreadable = found;
            found.add(replica, accepted, state);
            boolean all = found.waiting() == context.replicas().size();
            if (all) {
                fail(new QuorumUnavailableException(
                        "store \"" + context.store().name() + "\": a read found no state that can be read",
                        found.problems()));
            }
            return all;
        }

        @Override
        public void onVotersChanged() {
            refusing.clear();
            unreadable = null;
            begin();
        }

        private Map<NodeId, String> said(QuorumCall asked) {
            Map<NodeId, String> said = new LinkedHashMap<>(asked.said());
            if (unreadable != null) {
                said.putAll(unreadable.problems());
            }
            return said;
        }

        @Override
        public void onTooLarge(NodeId replica, String problem) {
            refusing.add(replica);
            if (refusing.size() == context.replicas().size()) {
                QuorumCall asked = call;
                Map<NodeId, String> said = asked == null ? Map.of(replica, problem) : asked.said();
                fail(new MessageTooLargeException(
                        "store \"" + context.store().name() + "\": a read " + StoreRefusals.TOO_LARGE + ". Replicas: "
                                + said,
                        false));
            }
        }

        @Override
        public boolean asksAgain(NodeId replica, int failures) {
            return !isDone();
        }

        void expire() {
            QuorumCall asked = call;
            if (asked == null) {
                gate.leave(this);
                refuse();
            } else {
                fail(new QuorumUnavailableException(
                        "store \"" + context.store().name() + "\": no replica answered a read in time", said(asked)));
            }
        }
    }
}
