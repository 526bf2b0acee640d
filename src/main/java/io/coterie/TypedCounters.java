package io.coterie;

import java.util.concurrent.CompletableFuture;

/** Counters kept as values of eight bytes in a strong store. */
record TypedCounters<K>(TypedStore<K, Long> store) implements Counters<K> {
    @Override
    public String name() {
        return store.name();
    }

    @Override
    public long get(K key) {
        return store.runner().await(async().get(key));
    }

    @Override
    public long addAndGet(K key, long delta) {
        return store.runner().await(store.add(key, delta));
    }

    @Override
    public AsyncCounters<K> async() {
        return new Async<>(store);
    }

    private record Async<K>(TypedStore<K, Long> store) implements AsyncCounters<K> {
        @Override
        public CompletableFuture<Long> get(K key) {
            return store.get(key).thenApply(value -> value == null ? 0L : value);
        }

        @Override
        public CompletableFuture<Long> addAndGet(K key, long delta) {
            return store.add(key, delta);
        }
    }
}
