package io.coterie.consistency.internal.pending;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Result;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An operation between its beginning and its end. */
public class PendingOperation {
    private static final Logger log = LoggerFactory.getLogger(PendingOperation.class);

    public final long deadline;
    private final Completion completion;
    private boolean done;

    /**
     * The expiry that ends it when its time is over, and its place there; null while there is none.
     */
    @Nullable
    Expiry<?> expiry;

    int place;

    protected PendingOperation(long deadline, Completion completion) {
        this.deadline = deadline;
        this.completion = completion;
    }

    public boolean isDone() {
        return done;
    }

    /** Ends the operation unless it is at its end already. */
    public void complete(Result result) {
        if (!done) {
            end();
            try {
                completion.complete(result);
            } catch (Throwable e) {
                report(e);
            }
        }
    }

    /** Ends the operation unless it is at its end already. */
    public void fail(Throwable reason) {
        if (!done) {
            end();
            try {
                completion.fail(reason);
            } catch (Throwable e) {
                report(e);
            }
        }
    }

    private void end() {
        done = true;
        Expiry<?> watching = expiry;
        if (watching != null) {
            watching.remove(place);
        }
    }

    /** A completion that throws must not keep other operations from their ends. */
    private void report(Throwable thrown) {
        log.error("{} threw when its operation ended, which it must not; fix it", completion, thrown);
    }
}
