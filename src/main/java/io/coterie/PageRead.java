package io.coterie;

import io.coterie.consistency.KeyRange;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.ScanCompletion;
import io.coterie.consistency.ScannedPage;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * One page of a scan on its way.
 *
 * @param <T> what the caller gets
 */
final class PageRead<T> extends CompletableFuture<T> implements Runnable, ScanCompletion {
    private final PolicyStore store;
    private final KeyRange range;
    private final int limit;
    private final long deadline;
    private final Function<ScannedPage, T> read;
    private final Runnable onEnd;
    private boolean over;

    /**
     * A scan that has not begun.
     *
     * @param onEnd run once, on the loop, when the store is done with it
     */
    PageRead(
            PolicyStore store,
            KeyRange range,
            int limit,
            long deadline,
            Function<ScannedPage, T> read,
            Runnable onEnd) {
        this.store = store;
        this.range = range;
        this.limit = limit;
        this.deadline = deadline;
        this.read = read;
        this.onEnd = onEnd;
    }

    @Override
    public void run() {
        if (isDone()) {
            end();
            return;
        }
        try {
            store.scan(range, limit, deadline, this);
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    @Override
    public void complete(ScannedPage page) {
        end();
        T result;
        try {
            result = read.apply(page);
        } catch (RuntimeException | Error e) {
            // A user's codec threw: the loop must not, and the caller must hear of it.
            completeExceptionally(e);
            return;
        }
        super.complete(result);
    }

    @Override
    public void fail(Throwable error) {
        end();
        completeExceptionally(error);
    }

    private void end() {
        if (!over) {
            over = true;
            onEnd.run();
        }
    }
}
