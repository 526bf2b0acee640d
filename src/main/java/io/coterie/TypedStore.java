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

    OperationRunner runner() {
        return runner;
    }

    TypedStore<K, V> reading(ConsistencyPolicy weaker) {
        return new TypedStore<>(runner, name, keys, values, runner.onLoop(() -> store.reading(weaker)));
    }

    @Override
    public CompletableFuture<@Nullable V> get(K key) {
        return run(key, Operation.Get::new, result -> valueOf(result, false));
    }

    @Override
    public CompletableFuture<@Nullable Void> put(K key, V value) {
        return run(key, () -> new Operation.Put(values.encode(value)), result -> null);
    }

    @Override
    public CompletableFuture<@Nullable Void> delete(K key) {
        return run(key, Operation.Delete::new, result -> null);
    }

    @Override
    public CompletableFuture<Boolean> putIfAbsent(K key, V value) {
        return run(key, () -> new Operation.PutIfAbsent(values.encode(value)), Result::applied);
    }

    @Override
    public CompletableFuture<Boolean> compareAndSet(K key, V expected, V next) {
        return run(
                key, () -> new Operation.CompareAndSet(values.encode(expected), values.encode(next)), Result::applied);
    }

    @Override
    public CompletableFuture<@Nullable V> update(K key, UnaryOperator<@Nullable V> change) {
        return run(key, () -> updateBy(change), result -> valueOf(result, true));
    }

    /** Adds to a counter; the values of the store are longs then. */
    CompletableFuture<V> add(K key, long delta) {
        return run(
                key,
                () -> new Operation.Add(delta),
                result -> values.decode(Objects.requireNonNull(result.value()), true));
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

    /** What is wrong with the arguments fails the future, as all else does. */
    private <T extends @Nullable Object> CompletableFuture<T> run(
            K key, Supplier<Operation> operation, Function<Result, T> read) {
        try {
            return runner.run(store, keys.encode(key), operation.get(), read);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
