package io.coterie;

import io.coterie.consistency.ConsistencyPolicy;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Waits for what its asynchronous twin does. */
record BlockingStore<K, V>(TypedStore<K, V> async) implements Store<K, V> {
    @Override
    public String name() {
        return async.name();
    }

    @Override
    public @Nullable V get(K key) {
        return async.runner().await(async.get(key));
    }

    @Override
    public void put(K key, V value) {
        async.runner().await(async.put(key, value));
    }

    @Override
    public void delete(K key) {
        async.runner().await(async.delete(key));
    }

    @Override
    public boolean putIfAbsent(K key, V value) {
        return async.runner().await(async.putIfAbsent(key, value));
    }

    @Override
    public boolean compareAndSet(K key, V expected, V next) {
        return async.runner().await(async.compareAndSet(key, expected, next));
    }

    @Override
    public @Nullable V update(K key, UnaryOperator<@Nullable V> change) {
        return async.runner().await(async.update(key, change));
    }

    @Override
    public Store<K, V> reading(ConsistencyPolicy weaker) {
        return new BlockingStore<>(async.reading(weaker));
    }

    @Override
    public String toString() {
        return "store " + name();
    }
}
