package io.coterie.consistency;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a strong store does with one key: an operation of a caller of this node, or a batch of another node. */
final class StrongOperation extends PendingOperation {
    /** Where an operation waits for a round: the queue of its key. */
    interface Queue extends ConnectionGate.Waiter {
        /** The operation's time is over. */
        void expire(StrongOperation operation);

        /** Whether operations wait that no round has begun with. */
        boolean hasWaiting();
    }

    final Queue queue;
    private final @Nullable Operation operation;
    private final @Nullable Forwarded forwarded;
    private boolean mayBeApplied;

    StrongOperation(Queue queue, Operation operation, long deadline, Completion completion) {
        super(deadline, completion);
        this.queue = queue;
        this.operation = operation;
        this.forwarded = null;
    }

    StrongOperation(Queue queue, Forwarded forwarded, long deadline, Completion completion) {
        super(deadline, completion);
        this.queue = queue;
        this.operation = null;
        this.forwarded = forwarded;
    }

    /** What a caller of this node asked for, where it {@linkplain #isForwarded is no batch} of another. */
    Operation operation() {
        return Objects.requireNonNull(operation);
    }

    /** The batch of another node; null if it is none. */
    @Nullable
    Forwarded forwarded() {
        return forwarded;
    }

    boolean isForwarded() {
        return forwarded != null;
    }

    boolean isRead() {
        return forwarded == null ? operation().isRead() : forwarded.isRead();
    }

    /** Whether a caller of this node reads. */
    boolean isOwnRead() {
        return operation instanceof Operation.Get;
    }

    /** Whether it calls a user's function. */
    boolean callsFunction() {
        return operation instanceof Operation.Update;
    }

    /** Whether a change that contains it was sent to a replica. */
    boolean mayBeApplied() {
        return mayBeApplied;
    }

    /** A change that contains it is about to be sent: from now on it may be applied. */
    void sent() {
        mayBeApplied = true;
    }

    /** Nobody has applied it, and nobody will, unless it is sent again. */
    void takeBack() {
        mayBeApplied = false;
    }

    /** For human-readable texts. */
    String name() {
        return (operation == null ? Forwarded.class : operation.getClass()).getSimpleName();
    }
}
