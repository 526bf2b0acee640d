package io.coterie.consistency.internal.coordination.simulated;

import io.coterie.consistency.Operation;
import io.coterie.consistency.Result;
import io.coterie.consistency.internal.coordination.node.Coordinator;
import io.coterie.consistency.internal.coordination.node.RecordNames;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A linearizable number, zero at first, by the operations that the facade's counters use. Its
 * record stays until it is {@linkplain #delete deleted}. To be used on the node's loop only; all
 * futures complete there, and fail as the store's operations do.
 */
public final class RegisterCounter {
    private final Coordinator coordinator;
    private final String what;
    private final byte[] key;

    /**
     * A counter.
     *
     * @param name see {@link RecordNames}
     */
    public RegisterCounter(Coordinator coordinator, String name) {
        this.coordinator = coordinator;
        this.what = "counter \"" + RecordNames.checked("counter", name) + "\"";
        this.key = ("counter/" + name).getBytes(StandardCharsets.UTF_8);
    }

    /** The number: one round trip to a majority. */
    public CompletableFuture<Long> get() {
        return execute(new Operation.Get(), result -> valueOf(result.value()));
    }

    /**
     * Adds, wrapping around at the ends of a long, and returns the new value: one or two round
     * trips.
     */
    public CompletableFuture<Long> addAndGet(long delta) {
        return execute(new Operation.Add(delta), result -> valueOf(result.value()));
    }

    /**
     * Sets it to another number if it has the expected one, and returns whether it did: one or two
     * round trips.
     */
    public CompletableFuture<Boolean> compareAndSet(long expected, long next) {
        if (expected != 0) {
            return replace(expected, next);
        }
        // Zero may be a value or the lack of one.
        return execute(new Operation.PutIfAbsent(bytes(next)), Result::applied)
                .thenCompose(set -> set ? CompletableFuture.completedFuture(true) : replace(0, next))
                .thenCompose(set -> set ? CompletableFuture.completedFuture(true) : unlessZero(next));
    }

    /** The counter may have been deleted after a value was found, and before that was compared. */
    private CompletableFuture<Boolean> unlessZero(long next) {
        return get().thenCompose(
                        found -> found != 0 ? CompletableFuture.completedFuture(false) : compareAndSet(0, next));
    }

    /** Sets it to zero, and removes its record: one or two round trips. */
    public CompletableFuture<@Nullable Void> delete() {
        return execute(new Operation.Delete(), result -> null);
    }

    @Override
    public String toString() {
        return what;
    }

    private CompletableFuture<Boolean> replace(long expected, long next) {
        return execute(new Operation.CompareAndSet(bytes(expected), bytes(next)), Result::applied);
    }

    private <T extends @Nullable Object> CompletableFuture<T> execute(Operation operation, Function<Result, T> read) {
        return coordinator.execute(key, operation, read);
    }

    private long valueOf(byte @Nullable [] value) {
        if (value == null) {
            return 0;
        }
        if (value.length != Long.BYTES) {
            throw new IllegalStateException(what + " found a value of " + value.length
                    + " bytes that it did not write: keep its store for it alone");
        }
        return ByteBuffer.wrap(value).getLong();
    }

    private static byte[] bytes(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }
}
