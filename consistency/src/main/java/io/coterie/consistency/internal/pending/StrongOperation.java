package io.coterie.consistency.internal.pending;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.internal.register.Forwarded;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An operation of a strong store on one key: that of a caller of this node, or a batch of another
 * node.
 */
public final class StrongOperation extends PendingOperation {
    /** Where an operation waits for a round: the queue of its key. */
    public interface Queue extends ConnectionGate.Waiter {
        /** The operation's time is over. */
        void expire(StrongOperation operation);

        /** Whether operations wait that no round has begun with. */
        boolean hasWaiting();
    }

    public final Queue queue;
    private final @Nullable Operation operation;
    private final @Nullable Forwarded forwarded;
    private boolean mayBeApplied;

    public StrongOperation(Queue queue, Operation operation, long deadline, Completion completion) {
        super(deadline, completion);
        this.queue = queue;
        this.operation = operation;
        this.forwarded = null;
    }

    public StrongOperation(Queue queue, Forwarded forwarded, long deadline, Completion completion) {
        super(deadline, completion);
        this.queue = queue;
        this.operation = null;
        this.forwarded = forwarded;
    }

    /**
     * The operation that a caller of this node asked for, where it {@linkplain #isForwarded is no
     * batch} of another.
     */
    public Operation operation() {
        return Objects.requireNonNull(operation);
    }

    /** The batch of another node; null if it is none. */
    @Nullable
    public Forwarded forwarded() {
        return forwarded;
    }

    public boolean isForwarded() {
        return forwarded != null;
    }

    public boolean isRead() {
        return forwarded == null ? operation().isRead() : forwarded.isRead();
    }

    /** Whether a caller of this node reads. */
    public boolean isOwnRead() {
        return operation instanceof Operation.Get;
    }

    /** Whether it calls a user's function. */
    public boolean callsFunction() {
        return operation instanceof Operation.Update;
    }

    /** Whether a change that contains it was sent to a replica. */
    public boolean mayBeApplied() {
        return mayBeApplied;
    }

    /** A change that contains it is about to be sent: from now on it may be applied. */
    public void sent() {
        mayBeApplied = true;
    }

    /** Nobody has applied it, and nobody will, unless it is sent again. */
    public void takeBack() {
        mayBeApplied = false;
    }

    /** For human-readable texts. */
    public String name() {
        return (operation == null ? Forwarded.class : operation.getClass()).getSimpleName();
    }
}
