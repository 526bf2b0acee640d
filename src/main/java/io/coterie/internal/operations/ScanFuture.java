package io.coterie.internal.operations;

import io.coterie.consistency.KeyRange;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.ScanCompletion;
import io.coterie.consistency.ScannedPage;
import io.coterie.rpc.spi.World;
import java.util.function.Function;

/**
 * One page of a scan: the caller's future, the task that begins it on the loop, and the receiver of
 * the page.
 *
 * @param <T> what the caller gets
 */
final class ScanFuture<T> extends NodeFuture<T> implements Runnable, ScanCompletion {
    private final PolicyStore store;
    private final KeyRange range;
    private final int entries;
    private final Function<ScannedPage, T> read;
    private final OperationLimit limit;
    private boolean over;

    /**
     * A scan that has not begun.
     *
     * @param entries how many the page may have
     * @param limit notified once, on the loop, when the store is done with it
     */
    ScanFuture(
            PolicyStore store,
            KeyRange range,
            int entries,
            long deadline,
            Function<ScannedPage, T> read,
            OperationLimit limit) {
        super(deadline);
        this.store = store;
        this.range = range;
        this.entries = entries;
        this.read = read;
        this.limit = limit;
    }

    @Override
    protected World world() {
        return limit.world();
    }

    @Override
    public boolean mayChange() {
        return false;
    }

    @Override
    public void run() {
        limit.taken(1);
        if (isDone()) {
            end();
            return;
        }
        try {
            store.scan(range, entries, deadlineNanos(), this);
        } catch (Throwable e) {
            fail(e);
        }
    }

    @Override
    public void complete(ScannedPage page) {
        end();
        T result;
        try {
            result = read.apply(page);
        } catch (Throwable e) {
            // A user's codec threw: the caller must get the exception, and the loop must continue.
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
            limit.ended();
        }
    }
}
