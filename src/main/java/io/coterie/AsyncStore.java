package io.coterie;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Store} for callers who do not wait: each method returns at once, and its future ends as
 * the method of the same name there would return or throw.
 *
 * <p><em>Threading:</em> safe for use by any number of threads. Keys and values are encoded on the
 * calling thread. Results are decoded on the event loop, so keep codecs quick: while one decodes,
 * the node does nothing else. (A {@link Store} decodes on the thread that waits.) Futures complete
 * on the event loop too, where nothing may block: use the {@code Async} variants of the chaining
 * methods for anything that waits. Cancelling a future gives up waiting; the operation may be
 * applied all the same.
 */
public interface AsyncStore<K, V> {
    /** See {@link Store#get}. */
    CompletableFuture<@Nullable V> get(K key);

    /** See {@link Store#getAll}. */
    CompletableFuture<Map<K, V>> getAll(Collection<? extends K> keys);

    /** See {@link Store#scan}. */
    CompletableFuture<Page<K, V>> scan(Scan<K> scan, int limit);

    /** See {@link Store#put}. */
    CompletableFuture<@Nullable Void> put(K key, V value);

    /** See {@link Store#delete}. */
    CompletableFuture<@Nullable Void> delete(K key);

    /** See {@link Store#putIfAbsent}. */
    CompletableFuture<Boolean> putIfAbsent(K key, V value);

    /** See {@link Store#compareAndSet}. */
    CompletableFuture<Boolean> compareAndSet(K key, V expected, V next);

    /** See {@link Store#compareAndExchange}. */
    CompletableFuture<Exchange<V>> compareAndExchange(K key, V expected, V next);

    /** See {@link Store#update}. */
    CompletableFuture<@Nullable V> update(K key, UnaryOperator<@Nullable V> change);

    /** See {@link Store#withTimeout}. */
    AsyncStore<K, V> withTimeout(Duration timeout);
}
