package io.coterie;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Counters kept as values of eight bytes in a strong store. */
record TypedCounters<K>(TypedStore<K, Long> store) implements Counters<K> {
    @Override
    public String name() {
        return store.name();
    }

    @Override
    public long get(K key) {
        return valueOf(store.runner().call(store.getting(key)));
    }

    @Override
    public long addAndGet(K key, long delta) {
        return store.runner().call(store.adding(key, delta));
    }

    @Override
    public Counters<K> withTimeout(Duration timeout) {
        return new TypedCounters<>(store.withTimeout(timeout));
    }

    @Override
    public AsyncCounters<K> async() {
        return new Async<>(store);
    }

    @Override
    public void awaitReady(Duration timeout) {
        store.awaitReady(timeout);
    }

    @Override
    public CompletableFuture<@Nullable Void> readyAsync() {
        return store.readyAsync();
    }

    /** A counter that was never added to is absent. */
    private static long valueOf(@Nullable Long value) {
        return value == null ? 0 : value;
    }

    private record Async<K>(TypedStore<K, Long> store) implements AsyncCounters<K> {
        @Override
        public CompletableFuture<Long> get(K key) {
            return store.get(key).thenApply(TypedCounters::valueOf);
        }

        @Override
        public CompletableFuture<Long> addAndGet(K key, long delta) {
            return store.add(key, delta);
        }

        @Override
        public AsyncCounters<K> withTimeout(Duration timeout) {
            return new Async<>(store.withTimeout(timeout));
        }
    }
}
