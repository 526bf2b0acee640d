package io.coterie;

import io.coterie.consistency.KeyRange;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.ScanCompletion;
import io.coterie.consistency.ScannedPage;
import io.coterie.rpc.LoopFuture;
import io.coterie.rpc.World;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One page of a scan on its way.
 *
 * @param <T> what the caller gets
 */
final class PageRead<T> extends LoopFuture<T> implements Runnable, ScanCompletion {
    private final PolicyStore store;
    private final KeyRange range;
    private final int limit;
    private final long deadline;
    private final Function<ScannedPage, T> read;
    private final OperationRunner runner;
    private boolean over;

    /**
     * A scan that has not begun.
     *
     * @param runner told once, on the loop, when the store is done with it
     */
    PageRead(
            PolicyStore store,
            KeyRange range,
            int limit,
            long deadline,
            Function<ScannedPage, T> read,
            OperationRunner runner) {
        this.store = store;
        this.range = range;
        this.limit = limit;
        this.deadline = deadline;
        this.read = read;
        this.runner = runner;
    }

    @Override
    protected World world() {
        return runner.world();
    }

    @Override
    protected long deadlineNanos() {
        return deadline;
    }

    @Override
    protected RuntimeException unanswered() {
        return OperationRunner.unanswered(false);
    }

    @Override
    protected Supplier<RuntimeException> unansweredStage() {
        return OperationRunner::unansweredStage;
    }

    @Override
    public void run() {
        runner.taken(1);
        if (isDone()) {
            end();
            return;
        }
        try {
            store.scan(range, limit, deadline, this);
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
            runner.ended();
        }
    }
}
