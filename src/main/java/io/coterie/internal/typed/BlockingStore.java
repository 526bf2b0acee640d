package io.coterie.internal.typed;

import io.coterie.Exchange;
import io.coterie.Page;
import io.coterie.Scan;
import io.coterie.Store;
import io.coterie.Watch;
import io.coterie.WatchListener;
import io.coterie.consistency.ConsistencyPolicy;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the operations of its asynchronous view, and decodes their results on the caller's
 * thread.
 */
public record BlockingStore<K, V>(TypedStore<K, V> async) implements Store<K, V> {
    @Override
    public String name() {
        return async.name();
    }

    @Override
    public @Nullable V get(K key) {
        return async.runner().call(async.getting(key));
    }

    @Override
    public Map<K, V> getAll(Collection<? extends K> keys) {
        return async.awaitAll(keys);
    }

    @Override
    public Page<K, V> scan(Scan<K> scan, int limit) {
        return async.awaitPage(scan, limit);
    }

    @Override
    public void put(K key, V value) {
        async.runner().call(async.putting(key, value));
    }

    @Override
    public void delete(K key) {
        async.runner().call(async.deleting(key));
    }

    @Override
    public boolean putIfAbsent(K key, V value) {
        return async.runner().call(async.puttingIfAbsent(key, value));
    }

    @Override
    public boolean compareAndSet(K key, V expected, V next) {
        return async.runner().call(async.comparingAndSetting(key, expected, next));
    }

    @Override
    public Exchange<V> compareAndExchange(K key, V expected, V next) {
        return async.awaitExchange(key, expected, next);
    }

    @Override
    public @Nullable V update(K key, UnaryOperator<@Nullable V> change) {
        return async.runner().call(async.updating(key, change));
    }

    @Override
    public Store<K, V> withReadConsistency(ConsistencyPolicy weaker) {
        return new BlockingStore<>(async.withReadConsistency(weaker));
    }

    @Override
    public Watch watch(K key, int queue, WatchListener<K, V> listener) {
        return async.watch(key, true, queue, listener);
    }

    @Override
    public Watch watchPrefix(K prefix, int queue, WatchListener<K, V> listener) {
        return async.watch(prefix, false, queue, listener);
    }

    @Override
    public Store<K, V> withTimeout(Duration timeout) {
        return new BlockingStore<>(async.withTimeout(timeout));
    }

    @Override
    public void awaitReady(Duration timeout) {
        async.awaitReady(timeout);
    }

    @Override
    public CompletableFuture<@Nullable Void> readyAsync() {
        return async.readyAsync();
    }

    @Override
    public String toString() {
        return "store " + name();
    }
}
