package io.coterie;

import io.coterie.consistency.ConsistencyPolicy;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A replicated map from keys to values, seen by a caller who waits. The store's {@link
 * ConsistencyPolicy} decides what an operation promises.
 *
 * <p>Each operation ends in one of three ways. It returns: then it was applied. It throws a {@link
 * io.coterie.rpc.error.CoterieException} whose {@link
 * io.coterie.rpc.error.CoterieException#maybeExecuted()} is false: then it was not applied and will
 * not be ({@link io.coterie.replication.QuorumUnavailableException} and others). Or it throws one
 * whose {@code maybeExecuted()} is true: then nobody knows ({@link
 * io.coterie.replication.OutcomeUnknownException} and others). An operation waits for at most
 * {@link CoterieBuilder#operationTimeout}, or the time given by {@link #withTimeout}.
 *
 * <p>No more than {@link CoterieBuilder#maxOperations} may be in flight at a node; one more is
 * refused with {@link io.coterie.rpc.error.OverloadedException}. A strong store also refuses an
 * operation that would probably take more than half of its time, judged by the operations that the
 * node has in flight. The refusal comes at once, with a hint when to try again, and the operation
 * is not applied.
 *
 * <p>Keys and values are never null: a null throws {@link NullPointerException}. A key over 4 KiB,
 * or a value over {@link CoterieBuilder#maxValueBytes}, is refused with {@link
 * ValueTooLargeException}. One that its codec cannot write or read is refused with {@link
 * CodecFailedException}.
 *
 * <p><em>Threading:</em> safe for use by any number of threads. A call on the event loop, as from a
 * stage chained to a future of {@link #async()} without an executor, throws {@link
 * IllegalStateException} at once: it would wait for itself. Codecs run on the calling thread,
 * except around the function of {@link #update}, where they run beside it. Those of {@link
 * #async()} decode on the event loop.
 */
public interface Store<K, V> {
    /** The name of the store, as it was given to {@link Coterie#store}. */
    String name();

    /**
     * The value of a key, or null if there is none. A strong read costs one round trip to a
     * majority where nobody changes the key.
     */
    @Nullable
    V get(K key);

    /**
     * The values of several keys. Each is read as {@link #get} would read it, at some moment
     * between the call and its end. Together they are no snapshot: a change of two keys by another
     * caller may be seen at one of them only.
     *
     * @param keys at most 10,000, each of which counts as one operation against {@link
     *     CoterieBuilder#maxOperations}
     * @return the values by key in the order of {@code keys}, without the keys that have none; not
     *     modifiable
     * @throws IllegalArgumentException if there are too many keys
     * @throws io.coterie.rpc.error.CoterieException if one of the keys could not be read in time:
     *     then none is returned
     */
    Map<K, V> getAll(Collection<? extends K> keys);

    /**
     * The next entries of the store in the order of their keys (see {@link Scan}). Each value is
     * read as {@link #get} would read it, at some moment between the call and its end. The page is
     * no snapshot, and the pages of a scan together are even less. A key whose put ended before the
     * call, and that nobody deletes during it, is in the page if the page reaches so far. A key
     * whose delete ended before the call, and that nobody puts again, is not.
     *
     * <p>Takes one round trip, and one more for keys that are being changed or that some replicas
     * have missed. The first scan at a replica after its start takes longer, as the replica puts
     * its keys in order.
     *
     * @param limit how many entries the page may have, 1 to 1,000. A page also ends at some 256 KiB
     * @throws IllegalArgumentException if the limit is out of range, or the prefix has no bytes
     * @throws UnsupportedOperationException if the store's policy has no scans; the eventual one
     *     has none
     */
    Page<K, V> scan(Scan<K> scan, int limit);

    /** Sets the value of a key. */
    void put(K key, V value);

    /** Removes a key and its value. Does nothing if the key has none. */
    void delete(K key);

    /**
     * Sets the value of a key that has none.
     *
     * @return whether it was set
     * @throws UnsupportedOperationException if the store's policy has no conditional operations
     */
    boolean putIfAbsent(K key, V value);

    /**
     * Sets the value of a key if it has the expected one: if both have the same bytes when written
     * by the store's codec.
     *
     * @return whether it was set
     * @throws UnsupportedOperationException if the store's policy has no conditional operations
     */
    boolean compareAndSet(K key, V expected, V next);

    /**
     * As {@link #compareAndSet}, and returns the value that was found. So a refused caller can
     * distinguish an absent key from another value, and needs no read before the next attempt.
     *
     * @throws UnsupportedOperationException if the store's policy has no conditional operations
     */
    Exchange<V> compareAndExchange(K key, V expected, V next);

    /**
     * Replaces the value of a key by a function of it, in one step that no other change comes
     * between.
     *
     * @param change gets the value, or null if there is none, and returns the new one, or null to
     *     remove the key. It may be called more than once, though the change is applied at most
     *     once. It runs on the executor of {@link CoterieBuilder#executor} and may block. An
     *     exception that it throws is thrown to the caller, and nothing is changed. Other changes
     *     of the key at this node wait meanwhile; reads do not. It may use the store, but not its
     *     own key: that throws {@link IllegalStateException} at once, as it would wait for itself
     * @return the new value, or null if there is none
     * @throws UnsupportedOperationException if the store's policy has no conditional operations
     */
    @Nullable
    V update(K key, UnaryOperator<@Nullable V> change);

    /** {@link #watch(Object, int, WatchListener)} with a queue for 1,024 states. */
    default Watch watch(K key, WatchListener<K, V> listener) {
        return watch(key, 1024, listener);
    }

    /**
     * Reports the value of a key to a listener, if it has one, and each later state. Each state is
     * reported at least once, or else counted as missed. States are reported in the order of their
     * versions, and only if they were chosen. Whatever is missed, the listener gets the latest
     * state in the end.
     *
     * <p>A state is not a put. Changes of a key at the same time share a round, which leaves one
     * state. A value that another change overwrote in the same round was acknowledged, and is
     * neither reported nor counted as missed.
     *
     * <p>A watch delays nobody: a change of a watched key costs its caller the same. Each replica
     * sends the states that it accepts to the watching node.
     *
     * <p>Returns at once. The watch continues through failures of replicas until it, or the node,
     * is closed. A reason other than a failure that keeps replicas from reporting is logged as a
     * warning.
     *
     * @param queue how many states may wait for the listener, 1 to 100,000. Beyond that, the oldest
     *     are dropped and counted as missed; so they are where all the states that wait at this
     *     node reach 64 MiB
     * @throws IllegalArgumentException if the queue is out of range
     * @throws UnsupportedOperationException if the store's policy has no watches; the eventual one
     *     has none
     * @throws io.coterie.rpc.error.OverloadedException if 1,024 watches are open at this node,
     *     those of its locks and elections included
     */
    Watch watch(K key, int queue, WatchListener<K, V> listener);

    /** {@link #watchPrefix(Object, int, WatchListener)} with a queue for 1,024 states. */
    default Watch watchPrefix(K prefix, WatchListener<K, V> listener) {
        return watchPrefix(prefix, 1024, listener);
    }

    /**
     * As {@link #watch(Object, int, WatchListener)}, for all keys whose bytes, as the store's codec
     * writes them, begin with those of the prefix. States of different keys are reported in no
     * particular order. The watch remembers the versions of the 100,000 keys that were changed
     * last; a state of another key may be reported again.
     *
     * @param prefix at least one byte when written by the store's codec
     * @throws IllegalArgumentException if the prefix has no bytes, or the queue is out of range
     */
    Watch watchPrefix(K prefix, int queue, WatchListener<K, V> listener);

    /** The same store for callers who do not wait. */
    AsyncStore<K, V> async();

    /**
     * The same store with another timeout for each operation, in place of {@link
     * CoterieBuilder#operationTimeout}. Keep the result, or write {@code
     * store.withTimeout(ofMillis(200)).get(key)} for a single call.
     *
     * @param timeout above 0 s, at most 1 h
     * @throws IllegalArgumentException if the timeout is out of range
     */
    Store<K, V> withTimeout(Duration timeout);

    /**
     * The same store with a weaker promise for reads. All other operations keep theirs.
     *
     * @param weaker {@link io.coterie.consistency.Consistency#eventual()} for a strong store: a
     *     read then asks one replica, the nearest, and may return a stale value
     * @throws IllegalArgumentException if the store's policy has no such reads
     */
    Store<K, V> withReadConsistency(ConsistencyPolicy weaker);

    /**
     * Waits until the store is open: until as many replicas have recorded it as the policy asks
     * for. Nobody needs to call this before using the store.
     *
     * @param timeout 0 s or more; the opening continues afterwards
     * @throws IllegalArgumentException if the timeout is below zero
     * @throws NotReadyException if that time is over; the text says which replicas are missing, and
     *     why
     * @throws io.coterie.replication.PolicyMismatchException if the replicas know the store with
     *     another policy
     */
    void awaitReady(Duration timeout);

    /**
     * Completes when {@link #awaitReady} would return, and waits without a limit. Fails as that
     * would throw.
     */
    CompletableFuture<@Nullable Void> readyAsync();
}
