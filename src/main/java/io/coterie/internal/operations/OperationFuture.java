package io.coterie.internal.operations;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Result;
import io.coterie.rpc.spi.World;
import org.jspecify.annotations.Nullable;

/**
 * One operation: the caller's future, the task that begins it on the loop, and the receiver of its
 * result.
 */
final class OperationFuture<T extends @Nullable Object> extends NodeFuture<T> implements Completion, Runnable {
    private final StoreRequest<T> request;
    private final OperationLimit limit;
    private boolean ended;

    /**
     * An operation that has not begun.
     *
     * @param limit notified once, on the loop, when the store is done with the operation, whether
     *     or not its caller still waits
     */
    OperationFuture(StoreRequest<T> request, long deadline, OperationLimit limit) {
        super(deadline);
        this.request = request;
        this.limit = limit;
    }

    @Override
    protected World world() {
        return limit.world();
    }

    @Override
    public boolean mayChange() {
        return !request.operation().isRead();
    }

    @Override
    public void run() {
        limit.taken(1);
        if (isDone()) {
            end();
            return;
        }
        try {
            request.store().execute(request.key(), request.operation(), deadlineNanos(), this);
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
            // A user's codec threw: the caller must get the exception, and the loop must continue.
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

    /**
     * Called before the future is completed, so that a stage chained to it may begin the next
     * operation.
     */
    private void end() {
        if (!ended) {
            ended = true;
            limit.ended();
        }
    }
}
