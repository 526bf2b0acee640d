package io.coterie;

import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A policy's store of bytes, seen through codecs: encodes on the caller's thread and hands over to the loop. */
final class TypedStore<K, V> implements AsyncStore<K, V> {
    private final OperationRunner runner;
    private final String name;
    private final ValueCodec<K> keys;
    private final ValueCodec<V> values;
    private final PolicyStore store;

    TypedStore(OperationRunner runner, String name, ValueCodec<K> keys, ValueCodec<V> values, PolicyStore store) {
        this.runner = runner;
        this.name = name;
        this.keys = keys;
        this.values = values;
        this.store = store;
    }

    String name() {
        return name;
    }

    PolicyStore store() {
        return store;
    }

    OperationRunner runner() {
        return runner;
    }

    TypedStore<K, V> reading(ConsistencyPolicy weaker) {
        return new TypedStore<>(runner, name, keys, values, runner.onLoop(() -> store.reading(weaker)));
    }

    @Override
    public CompletableFuture<@Nullable V> get(K key) {
        return begin(() -> getting(key));
    }

    @Override
    public CompletableFuture<@Nullable Void> put(K key, V value) {
        return begin(() -> putting(key, value));
    }

    @Override
    public CompletableFuture<@Nullable Void> delete(K key) {
        return begin(() -> deleting(key));
    }

    @Override
    public CompletableFuture<Boolean> putIfAbsent(K key, V value) {
        return begin(() -> puttingIfAbsent(key, value));
    }

    @Override
    public CompletableFuture<Boolean> compareAndSet(K key, V expected, V next) {
        return begin(() -> comparingAndSetting(key, expected, next));
    }

    @Override
    public CompletableFuture<@Nullable V> update(K key, UnaryOperator<@Nullable V> change) {
        return begin(() -> updating(key, change));
    }

    /** See {@link #adding}. */
    CompletableFuture<V> add(K key, long delta) {
        return begin(() -> adding(key, delta));
    }

    StoreRequest<@Nullable V> getting(K key) {
        return request(key, new Operation.Get(), result -> valueOf(result, false));
    }

    StoreRequest<@Nullable Void> putting(K key, V value) {
        return request(key, new Operation.Put(values.encode(value)), result -> null);
    }

    StoreRequest<@Nullable Void> deleting(K key) {
        return request(key, new Operation.Delete(), result -> null);
    }

    StoreRequest<Boolean> puttingIfAbsent(K key, V value) {
        return request(key, new Operation.PutIfAbsent(values.encode(value)), Result::applied);
    }

    StoreRequest<Boolean> comparingAndSetting(K key, V expected, V next) {
        Operation operation = new Operation.CompareAndSet(values.encode(expected), values.encode(next));
        return request(key, operation, Result::applied);
    }

    StoreRequest<@Nullable V> updating(K key, UnaryOperator<@Nullable V> change) {
        return request(key, updateBy(change), result -> valueOf(result, true));
    }

    /** Adds to a counter; the values of the store are longs then. */
    StoreRequest<V> adding(K key, long delta) {
        return request(
                key, new Operation.Add(delta), result -> values.decode(Objects.requireNonNull(result.value()), true));
    }

    private Operation updateBy(UnaryOperator<@Nullable V> change) {
        Objects.requireNonNull(change, "change must not be null");
        return new Operation.Update(before -> {
            V after = change.apply(before == null ? null : values.decode(before, false));
            return after == null ? null : values.encode(after);
        });
    }

    private @Nullable V valueOf(Result result, boolean maybeExecuted) {
        byte[] value = result.value();
        return value == null ? null : values.decode(value, maybeExecuted);
    }

    private <T extends @Nullable Object> StoreRequest<T> request(K key, Operation operation, Function<Result, T> read) {
        return new StoreRequest<>(store, keys.encode(key), operation, read);
    }

    /** What is wrong with the arguments fails the future, as all else does. */
    private <T extends @Nullable Object> CompletableFuture<T> begin(Supplier<StoreRequest<T>> request) {
        try {
            return runner.begin(request.get());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
