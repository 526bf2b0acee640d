package io.coterie.consistency;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a strong store does with one key: an operation of a caller of this node, or a batch of another node. */
final class StrongOperation extends PendingOperation {
    final StrongKey key;
    private final @Nullable Operation operation;
    private final @Nullable Forwarded forwarded;

    StrongOperation(StrongKey key, Operation operation, long deadline, Completion completion) {
        super(deadline, completion);
        this.key = key;
        this.operation = operation;
        this.forwarded = null;
    }

    StrongOperation(StrongKey key, Forwarded forwarded, long deadline, Completion completion) {
        super(deadline, completion);
        this.key = key;
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

    /** For human-readable texts. */
    String name() {
        return (operation == null ? Forwarded.class : operation.getClass()).getSimpleName();
    }
}
