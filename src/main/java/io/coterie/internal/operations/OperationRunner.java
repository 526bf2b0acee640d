package io.coterie.internal.operations;

import io.coterie.consistency.KeyRange;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.ScannedPage;
import io.coterie.consistency.StoreLoad;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Hands operations on stores to the event loop. */
public final class OperationRunner {
    private final CallerLoop loop;
    private final OperationLimit limit;
    private final RunningFunctions functions = new RunningFunctions();

    public OperationRunner(CallerLoop loop, OperationLimit limit) {
        this.loop = loop;
        this.limit = limit;
    }

    public CallerLoop loop() {
        return loop;
    }

    public RunningFunctions functions() {
        return functions;
    }

    /** Begins an operation for a caller who does not wait; its result is read on the loop. */
    public <T extends @Nullable Object> CompletableFuture<T> begin(StoreRequest<T> request) {
        return handOver(request);
    }

    /** Runs an operation for a caller who waits, on whose thread its result is read. */
    public <T extends @Nullable Object> T call(StoreRequest<T> request) {
        loop.requireOffLoop();
        return request.read().apply(loop.await(handOver(request.unread())));
    }

    /** Begins reads of many keys; the result is read on the loop. */
    public <T> NodeFuture<T> readAll(
            PolicyStore store, List<byte[]> keys, long timeoutNanos, Function<List<byte @Nullable []>, T> read) {
        admit(store, timeoutNanos, keys.size());
        return loop.handOver(new MultiGet<>(store, keys, deadline(timeoutNanos), read, limit));
    }

    /** Begins to read a page; the result is read on the loop. */
    public <T> NodeFuture<T> scan(
            PolicyStore store, KeyRange range, int entries, long timeoutNanos, Function<ScannedPage, T> read) {
        admit(store, timeoutNanos, 1);
        return loop.handOver(new ScanFuture<>(store, range, entries, deadline(timeoutNanos), read, limit));
    }

    private <T extends @Nullable Object> OperationFuture<T> handOver(StoreRequest<T> request) {
        admit(request.store(), request.timeoutNanos(), 1);
        return loop.handOver(new OperationFuture<>(request, deadline(request.timeoutNanos()), limit));
    }

    private void admit(StoreLoad store, long timeoutNanos, int operations) {
        loop.requireOpen();
        limit.admit(store, timeoutNanos, operations);
    }

    private long deadline(long timeoutNanos) {
        return loop.nanos() + timeoutNanos;
    }
}
