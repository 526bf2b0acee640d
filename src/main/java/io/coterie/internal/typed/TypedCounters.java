package io.coterie.internal.typed;

import io.coterie.AsyncCounters;
import io.coterie.Counters;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Counters kept as values of eight bytes in a strong store. */
public record TypedCounters<K>(TypedStore<K, Long> store) implements Counters<K> {
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
    public boolean compareAndSet(K key, long expected, long next) {
        if (expected != 0) {
            return store.runner().call(store.comparingAndSetting(key, expected, next));
        }
        // Zero may be a value or the lack of one.
        long deadline = store.deadline();
        do {
            if (store.runner().call(store.until(deadline).puttingIfAbsent(key, next))
                    || store.runner().call(store.until(deadline).comparingAndSetting(key, 0L, next))) {
                return true;
            }
            // The counter may have been deleted after the first operation, and before the second.
        } while (valueOf(store.runner().call(store.until(deadline).getting(key))) == 0);
        return false;
    }

    @Override
    public void delete(K key) {
        store.runner().call(store.deleting(key));
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

    /** A counter without a record is zero. */
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
        public CompletableFuture<Boolean> compareAndSet(K key, long expected, long next) {
            return expected == 0 ? setUnlessSet(key, next, store.deadline()) : store.compareAndSet(key, expected, next);
        }

        /** See {@link TypedCounters#compareAndSet}. */
        private CompletableFuture<Boolean> setUnlessSet(K key, long next, long deadline) {
            return store.until(deadline)
                    .putIfAbsent(key, next)
                    .thenCompose(set -> set
                            ? CompletableFuture.completedFuture(true)
                            : store.until(deadline).compareAndSet(key, 0L, next))
                    .thenCompose(
                            set -> set ? CompletableFuture.completedFuture(true) : setUnlessFound(key, next, deadline));
        }

        private CompletableFuture<Boolean> setUnlessFound(K key, long next, long deadline) {
            return store.until(deadline)
                    .get(key)
                    .thenCompose(found -> valueOf(found) == 0
                            ? setUnlessSet(key, next, deadline)
                            : CompletableFuture.completedFuture(false));
        }

        @Override
        public CompletableFuture<@Nullable Void> delete(K key) {
            return store.delete(key);
        }

        @Override
        public AsyncCounters<K> withTimeout(Duration timeout) {
            return new Async<>(store.withTimeout(timeout));
        }
    }
}
