package io.coterie;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One operation on its way: the caller's future, the task that begins it on the loop, and what its end is told to. */
final class OperationFuture<T extends @Nullable Object> extends CompletableFuture<T> implements Completion, Runnable {
    private final PolicyStore store;
    private final byte[] key;
    private final Operation operation;
    private final long deadline;
    private final Function<Result, T> read;

    OperationFuture(PolicyStore store, byte[] key, Operation operation, long deadline, Function<Result, T> read) {
        this.store = store;
        this.key = key;
        this.operation = operation;
        this.deadline = deadline;
        this.read = read;
    }

    boolean mayChange() {
        return !operation.isRead();
    }

    @Override
    public void run() {
        if (isDone()) {
            return;
        }
        try {
            store.execute(key, operation, deadline, this);
        } catch (RuntimeException | Error e) {
            completeExceptionally(e);
        }
    }

    @Override
    public void complete(Result result) {
        T value;
        try {
            value = read.apply(result);
        } catch (RuntimeException | Error e) {
            // A user's codec threw: the loop must not, and the caller must hear of it.
            completeExceptionally(e);
            return;
        }
        complete(value);
    }

    @Override
    public void fail(Throwable error) {
        completeExceptionally(error);
    }
}
