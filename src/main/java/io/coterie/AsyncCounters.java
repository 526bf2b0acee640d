package io.coterie;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * {@link Counters} for callers who do not wait; futures behave as those of an {@link AsyncStore}.
 */
public interface AsyncCounters<K> {
    /** See {@link Counters#get}. */
    CompletableFuture<Long> get(K key);

    /** See {@link Counters#addAndGet}. */
    CompletableFuture<Long> addAndGet(K key, long delta);

    /** See {@link Counters#compareAndSet}. */
    CompletableFuture<Boolean> compareAndSet(K key, long expected, long next);

    /** See {@link Counters#delete}. */
    CompletableFuture<@Nullable Void> delete(K key);

    /** See {@link Counters#withTimeout}. */
    AsyncCounters<K> withTimeout(Duration timeout);
}
