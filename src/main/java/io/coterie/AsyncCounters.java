package io.coterie;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** {@link Counters} for callers who do not wait; futures behave as those of an {@link AsyncStore}. */
public interface AsyncCounters<K> {
    /** See {@link Counters#get}. */
    CompletableFuture<Long> get(K key);

    /** See {@link Counters#addAndGet}. */
    CompletableFuture<Long> addAndGet(K key, long delta);

    /** See {@link Counters#withTimeout}. */
    AsyncCounters<K> withTimeout(Duration timeout);
}
