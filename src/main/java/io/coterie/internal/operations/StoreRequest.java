package io.coterie.internal.operations;

import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An operation in bytes, ready to be handed to the loop.
 *
 * @param timeoutNanos how long the operation is tried
 * @param read makes what the caller gets out of the result, by the user's codec
 */
public record StoreRequest<T extends @Nullable Object>(
        PolicyStore store, byte[] key, Operation operation, long timeoutNanos, Function<Result, T> read) {
    /** The same request for a caller who reads the result on a thread of its own. */
    public StoreRequest<Result> unread() {
        return new StoreRequest<>(store, key, operation, timeoutNanos, Function.identity());
    }
}
