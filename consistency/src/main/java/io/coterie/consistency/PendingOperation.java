package io.coterie.consistency;

/** An operation between its beginning and its end. */
class PendingOperation {
    final Operation operation;
    final long deadline;
    private final Completion completion;
    private boolean done;

    /** Whether a change that contains it was sent to a replica: from then on it may be applied. */
    boolean maybeApplied;

    PendingOperation(Operation operation, long deadline, Completion completion) {
        this.operation = operation;
        this.deadline = deadline;
        this.completion = completion;
    }

    boolean isDone() {
        return done;
    }

    /** Ends the operation unless it is at its end already. */
    void complete(Result result) {
        if (!done) {
            done = true;
            completion.complete(result);
        }
    }

    /** Ends the operation unless it is at its end already. */
    void fail(Throwable reason) {
        if (!done) {
            done = true;
            completion.fail(reason);
        }
    }
}
