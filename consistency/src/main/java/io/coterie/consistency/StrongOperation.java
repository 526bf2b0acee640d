package io.coterie.consistency;

/** An operation on a strong store, which knows its key's rounds. */
final class StrongOperation extends PendingOperation {
    final StrongKey key;

    StrongOperation(StrongKey key, Operation operation, long deadline, Completion completion) {
        super(operation, deadline, completion);
        this.key = key;
    }
}
