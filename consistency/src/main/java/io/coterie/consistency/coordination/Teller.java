package io.coterie.consistency.coordination;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a user's tasks off the loop, one at a time, in the order in which the loop gave them. */
final class Teller {
    private static final Logger log = LoggerFactory.getLogger(Teller.class);

    private final Executor executor;
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

    Teller(Executor executor) {
        this.executor = executor;
    }

    void tell(Runnable task) {
        last = last.thenRunAsync(() -> guarded(task), executor);
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.error("a listener threw, which it must not; mend it", e);
        }
    }
}
