package io.coterie.consistency.internal.eventual;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.internal.pending.ConnectionGate;
import io.coterie.consistency.internal.pending.PendingOperation;
import io.coterie.consistency.internal.pending.StoreRefusals;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.error.MessageTooLargeException;
import io.coterie.rpc.node.NodeId;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A read or a write of an eventual store. It begins when a replica is connected, and ends at its
 * deadline.
 */
abstract class EventualOperation extends PendingOperation implements ConnectionGate.Waiter {
    final EventualContext context;
    private final Operation operation;
    private final Set<NodeId> refusing = new HashSet<>();

    EventualOperation(EventualContext context, Operation operation, long deadline, Completion completion) {
        super(deadline, completion);
        this.context = context;
        this.operation = operation;
    }

    final NodeReplication replication() {
        return context.replication();
    }

    String what() {
        return "store \"" + context.storeName() + "\": " + operation.getClass().getSimpleName();
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
                what() + " was not begun: no replica is connected",
                replication().connections()));
    }

    void expire() {
        if (hasBegun()) {
            fail(noAnswer(what() + " " + whatIsMissing(), said()));
        } else {
            context.gate().leave(this);
            refuse();
        }
    }

    String whatIsMissing() {
        return "was answered by no replica in time";
    }

    CoterieException noAnswer(String text, Map<NodeId, String> said) {
        return maybeApplied() ? new OutcomeUnknownException(text, said) : new QuorumUnavailableException(text, said);
    }

    /**
     * A message is over the limit of this node or of a replica: it is over once that is so of
     * all.
     */
    void tooLarge(NodeId replica) {
        refusing.add(replica);
        if (refusing.size() == replication().replicas().size()) {
            String text = what() + " " + StoreRefusals.TOO_LARGE;
            fail(
                    maybeApplied()
                            ? new OutcomeUnknownException(text, said())
                            : new MessageTooLargeException(text + "; not applied. Replicas: " + said(), false));
        }
    }

    /** The replicas are others now. */
    final void othersAsked() {
        refusing.clear();
    }

    abstract Map<NodeId, String> said();
}
