package io.coterie.internal.typed;

import io.coterie.AsyncStore;
import io.coterie.Exchange;
import io.coterie.Page;
import io.coterie.Scan;
import io.coterie.Store;
import io.coterie.Watch;
import io.coterie.WatchListener;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.KeyRange;
import io.coterie.consistency.KeyWatch;
import io.coterie.consistency.Operation;
import io.coterie.consistency.Result;
import io.coterie.consistency.ScannedPage;
import io.coterie.internal.operations.CallerLoop;
import io.coterie.internal.operations.OperationRunner;
import io.coterie.internal.operations.RunningFunctions;
import io.coterie.internal.operations.StoreRequest;
import io.coterie.internal.readiness.GatedStore;
import io.coterie.internal.settings.Timeouts;
import io.coterie.rpc.error.OverloadedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A policy's store of bytes, seen through codecs. Encodes on the caller's thread, and hands the
 * operation to the loop.
 */
public final class TypedStore<K, V> implements AsyncStore<K, V> {
    /** How many keys one call may read. */
    private static final int MAX_KEYS = 10_000;

    /** How many entries a page may have. */
    private static final int MAX_ENTRIES = 1_000;

    private static final int MAX_QUEUE = 100_000;

    private static final byte[] NONE = {};

    private static final Operation GET = new Operation.Get();

    private final OperationRunner runner;
    private final ApiValues api;
    private final String name;
    private final ValueCodec<K> keys;
    private final ValueCodec<V> values;
    private final GatedStore store;
    private final long timeoutNanos;

    /**
     * A view of a store.
     *
     * @param timeoutNanos how long an operation is tried
     */
    public TypedStore(
            OperationRunner runner,
            ApiValues api,
            String name,
            ValueCodec<K> keys,
            ValueCodec<V> values,
            GatedStore store,
            long timeoutNanos) {
        this.runner = runner;
        this.api = api;
        this.name = name;
        this.keys = keys;
        this.values = values;
        this.store = store;
        this.timeoutNanos = timeoutNanos;
    }

    String name() {
        return name;
    }

    public GatedStore store() {
        return store;
    }

    OperationRunner runner() {
        return runner;
    }

    private CallerLoop loop() {
        return runner.loop();
    }

    TypedStore<K, V> withReadConsistency(ConsistencyPolicy weaker) {
        return view(loop().onLoop(() -> store.reading(weaker)), timeoutNanos);
    }

    @Override
    public TypedStore<K, V> withTimeout(Duration timeout) {
        return view(store, Timeouts.check("withTimeout", timeout).toNanos());
    }

    /** When an operation that begins now has to end, by the node's steady clock. */
    long deadline() {
        return loop().nanos() + timeoutNanos;
    }

    /** The same store for an operation that has to end at that time. */
    TypedStore<K, V> until(long deadline) {
        return view(store, deadline - loop().nanos());
    }

    private TypedStore<K, V> view(GatedStore other, long nanos) {
        return new TypedStore<>(runner, api, name, keys, values, other, nanos);
    }

    /** See {@link Store#awaitReady}. */
    void awaitReady(Duration timeout) {
        loop().requireOffLoop();
        long nanos = Timeouts.checkWait("awaitReady", timeout);
        loop().await(store.gate().whenReady(loop(), nanos), nanos);
    }

    /** See {@link Store#readyAsync}. */
    CompletableFuture<@Nullable Void> readyAsync() {
        return store.gate().whenReady(loop(), Timeouts.NO_LIMIT);
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
    public CompletableFuture<Exchange<V>> compareAndExchange(K key, V expected, V next) {
        return attempt(() -> exchangeUntil(deadline(), key, expected, next));
    }

    private CompletableFuture<Exchange<V>> exchangeUntil(long deadline, K key, V expected, V next) {
        return runner.begin(exchanging(key, expected, next, deadline - loop().nanos()))
                .thenCompose(exchange -> exchange == null
                        ? exchangeUntil(deadline, key, expected, next)
                        : CompletableFuture.completedFuture(exchange));
    }

    /** {@link #compareAndExchange} for a caller who waits, on whose thread the value is decoded. */
    Exchange<V> awaitExchange(K key, V expected, V next) {
        long deadline = deadline();
        Exchange<V> exchange;
        do {
            exchange = runner.call(exchanging(key, expected, next, deadline - loop().nanos()));
        } while (exchange == null);
        return exchange;
    }

    @Override
    public CompletableFuture<@Nullable V> update(K key, UnaryOperator<@Nullable V> change) {
        return begin(() -> updating(key, change));
    }

    @Override
    public CompletableFuture<Map<K, V>> getAll(Collection<? extends K> wanted) {
        return attempt(() -> {
            List<K> listed = listed(wanted);
            return runner.readAll(store, encode(listed), timeoutNanos, found -> decode(listed, found));
        });
    }

    /** {@link #getAll} for a caller who waits, on whose thread the values are decoded. */
    Map<K, V> awaitAll(Collection<? extends K> wanted) {
        loop().requireOffLoop();
        List<K> listed = listed(wanted);
        return decode(listed, loop().await(runner.readAll(store, encode(listed), timeoutNanos, Function.identity())));
    }

    @Override
    public CompletableFuture<Page<K, V>> scan(Scan<K> scan, int limit) {
        return attempt(() -> {
            KeyRange range = range(scan, limit);
            return runner.scan(store, range, limit, timeoutNanos, page -> decode(scan, page));
        });
    }

    /** {@link #scan} for a caller who waits, on whose thread the page is decoded. */
    Page<K, V> awaitPage(Scan<K> scan, int limit) {
        loop().requireOffLoop();
        KeyRange range = range(scan, limit);
        return decode(scan, loop().await(runner.scan(store, range, limit, timeoutNanos, Function.identity())));
    }

    /** See {@link #adding}. */
    CompletableFuture<V> add(K key, long delta) {
        return begin(() -> adding(key, delta));
    }

    StoreRequest<@Nullable V> getting(K key) {
        return request(key, GET, result -> valueOf(result, false));
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

    /**
     * The result is null where the request was refused and the value found is not known: it may be
     * tried again.
     */
    private StoreRequest<@Nullable Exchange<V>> exchanging(K key, V expected, V next, long nanos) {
        byte[] bytes = values.encode(expected);
        Operation operation = new Operation.CompareAndSet(bytes, values.encode(next));
        return new StoreRequest<>(store, keys.encode(key), operation, nanos, result -> {
            if (result.applied()) {
                return new Exchange<>(true, expected);
            }
            boolean unknown = Arrays.equals(bytes, result.value());
            return unknown ? null : new Exchange<>(false, valueOf(result, false));
        });
    }

    StoreRequest<@Nullable V> updating(K key, UnaryOperator<@Nullable V> change) {
        byte[] bytes = keys.encode(key);
        return request(bytes, updateBy(bytes, change), result -> valueOf(result, true));
    }

    /** Adds to a counter; the values of the store are longs. */
    StoreRequest<V> adding(K key, long delta) {
        return request(
                key, new Operation.Add(delta), result -> values.decode(Objects.requireNonNull(result.value()), true));
    }

    private Operation updateBy(byte[] key, UnaryOperator<@Nullable V> change) {
        Objects.requireNonNull(change, "change must not be null");
        RunningFunctions.Call outer = runner.functions().current();
        return new Operation.Update(before -> runner.functions().<byte @Nullable []>call(store, key, outer, () -> {
            V after = change.apply(before == null ? null : values.decode(before, false));
            return after == null ? null : values.encode(after);
        }));
    }

    private @Nullable V valueOf(Result result, boolean maybeExecuted) {
        byte[] bytes = result.bytes();
        return bytes == null ? null : values.decode(bytes, result.from(), maybeExecuted);
    }

    private <T extends @Nullable Object> StoreRequest<T> request(K key, Operation operation, Function<Result, T> read) {
        return request(keys.encode(key), operation, read);
    }

    private <T extends @Nullable Object> StoreRequest<T> request(
            byte[] key, Operation operation, Function<Result, T> read) {
        runner.functions().requireNotIn(name, store, key);
        return new StoreRequest<>(store, key, operation, timeoutNanos, read);
    }

    /** A copy, as the caller may change the collection while it is read. */
    private static <K> List<K> listed(Collection<? extends K> wanted) {
        Objects.requireNonNull(wanted, "keys must not be null");
        List<K> listed = new ArrayList<>(wanted);
        if (listed.size() > MAX_KEYS) {
            throw new IllegalArgumentException("getAll of " + listed.size() + " keys is over the limit of " + MAX_KEYS
                    + " keys a call: read them in parts");
        }
        return listed;
    }

    private List<byte[]> encode(List<K> listed) {
        List<byte[]> encoded = listed.stream().map(keys::encode).toList();
        encoded.forEach(key -> runner.functions().requireNotIn(name, store, key));
        return encoded;
    }

    private Map<K, V> decode(List<K> listed, List<byte @Nullable []> found) {
        Map<K, V> present = new LinkedHashMap<>();
        for (int i = 0; i < found.size(); i++) {
            byte[] value = found.get(i);
            if (value != null) {
                present.put(listed.get(i), values.decode(value, false));
            }
        }
        return Collections.unmodifiableMap(present);
    }

    /** Begins to watch a key, or all with a prefix. */
    Watch watch(K key, boolean single, int queue, WatchListener<K, V> listener) {
        Objects.requireNonNull(listener, "listener must not be null");
        if (queue < 1 || queue > MAX_QUEUE) {
            throw new IllegalArgumentException("queue " + queue + " is not within 1 to " + MAX_QUEUE);
        }
        byte[] bytes = single ? keys.encode(key) : prefixOf(key);
        TypedListener<K, V> typed = new TypedListener<>(api, keys, values, listener);
        KeyWatch watch = loop().onLoop(() -> store.watch(bytes, single, queue, typed), KeyWatch::close);
        return watch::close;
    }

    private KeyRange range(Scan<K> scan, int limit) {
        Objects.requireNonNull(scan, "scan must not be null");
        if (limit < 1 || limit > MAX_ENTRIES) {
            throw new IllegalArgumentException("limit " + limit + " is not within 1 to " + MAX_ENTRIES);
        }
        ApiValues.ScanBounds<K> bounds = api.boundsOf(scan);
        byte[] prefix = bounds.prefix() == null ? NONE : prefixOf(bounds.prefix());
        if (bounds.rest() != null) {
            return new KeyRange(prefix, bounds.rest());
        } else if (bounds.after() != null) {
            byte[] last = keys.encode(bounds.after());
            return new KeyRange(prefix, Arrays.copyOf(last, last.length + 1));
        }
        return new KeyRange(prefix, bounds.from() == null ? NONE : keys.encode(bounds.from()));
    }

    private byte[] prefixOf(K prefix) {
        Objects.requireNonNull(prefix, "prefix must not be null");
        byte[] bytes = keys.encode(prefix);
        if (bytes.length == 0) {
            throw new IllegalArgumentException("prefix \"" + prefix
                    + "\" has no bytes, which would be every key: give a longer one, or say so with all()");
        }
        return bytes;
    }

    private Page<K, V> decode(Scan<K> scan, ScannedPage page) {
        Map<K, V> entries = new LinkedHashMap<>();
        page.entries()
                .forEach(entry -> entries.put(keys.decode(entry.key(), false), values.decode(entry.value(), false)));
        KeyRange next = page.next();
        return new Page<>(entries, next == null ? null : api.restOf(scan, next.from()));
    }

    private <T extends @Nullable Object> CompletableFuture<T> begin(Supplier<StoreRequest<T>> request) {
        return attempt(() -> runner.begin(request.get()));
    }

    /** A bad argument fails the future, as every other failure does. */
    private <T extends @Nullable Object> CompletableFuture<T> attempt(Supplier<CompletableFuture<T>> operation) {
        try {
            return operation.get();
        } catch (OverloadedException e) {
            return loop().refused(e);
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
