package io.coterie;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Result;
import io.coterie.rpc.LoopFuture;
import io.coterie.rpc.World;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One operation on its way: the caller's future, the task that begins it on the loop, and what its end is told to. */
final class OperationFuture<T extends @Nullable Object> extends LoopFuture<T> implements Completion, Runnable {
    private final StoreRequest<T> request;
    private final long deadline;
    private final OperationRunner runner;
    private boolean ended;

    /**
     * An operation that has not begun.
     *
     * @param runner told once, on the loop, when the store is done with the operation, whether or not its caller still waits
     */
    OperationFuture(StoreRequest<T> request, long deadline, OperationRunner runner) {
        this.request = request;
        this.deadline = deadline;
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
        return OperationRunner.unanswered(mayChange());
    }

    @Override
    protected Supplier<RuntimeException> unansweredStage() {
        return OperationRunner::unansweredStage;
    }

    boolean mayChange() {
        return !request.operation().isRead();
    }

    @Override
    public void run() {
        runner.taken(1);
        if (isDone()) {
            end();
            return;
        }
        try {
            request.store().execute(request.key(), request.operation(), deadline, this);
        } catch (Throwable e) {
            fail(e);
        }
    }

    @Override
    public void complete(Result result) {
        end();
        T value;
        try {
            value = request.read().apply(result);
        } catch (Throwable e) {
            // A user's codec threw: the loop must not, and the caller must hear of it.
            completeExceptionally(e);
            return;
        }
        complete(value);
    }

    @Override
    public void fail(Throwable error) {
        end();
        completeExceptionally(error);
    }

    /** Comes before the future's end, so that what is chained to it may begin the next operation. */
    private void end() {
        if (!ended) {
            ended = true;
            runner.ended();
        }
    }
}
