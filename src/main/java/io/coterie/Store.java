package io.coterie;

import io.coterie.consistency.ConsistencyPolicy;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A replicated map from keys to values, seen by a caller who waits. What an operation promises is decided by the store's
 * {@link ConsistencyPolicy}.
 *
 * <p>Each operation ends in one of three ways: it returns, then it was applied; or it throws a
 * {@link io.coterie.rpc.CoterieException} that says, by {@link io.coterie.rpc.CoterieException#maybeExecuted()}, that it
 * was not applied and will not be ({@link io.coterie.replication.QuorumUnavailableException} and others), or that this
 * cannot be known ({@link io.coterie.replication.OutcomeUnknownException} and others). It waits for at most
 * {@link CoterieBuilder#operationTimeout}, or the time given by {@link #withTimeout}.
 *
 * <p>A store is safe for use by any number of threads. Calling it on the event loop, as from a stage chained to a future
 * of {@link #async()} without an executor, throws {@link IllegalStateException} at once: it would wait for itself.
 *
 * <p>Codecs run on the calling thread, except around the function of {@link #update}, where they run beside it. Those of
 * {@link #async()} decode on the event loop.
 *
 * <p>No more than {@link CoterieBuilder#maxOperations} may be under way at a node; what is past it is refused with
 * {@link io.coterie.rpc.OverloadedException}. So is an operation on a strong store that would probably take more than half of its time, by what
 * the node has in flight: at once, not applied, and with a hint when to try again. Keys and values are never null. A value over {@link CoterieBuilder#maxValueBytes} is refused with
 * {@link ValueTooLargeException}, one that its codec cannot write or read with {@link CodecFailedException}.
 */
public interface Store<K, V> {
    /** The store's name. */
    String name();

    /** The value of a key, or null if there is none. */
    @Nullable
    V get(K key);

    /**
     * The values of several keys. Each is read as {@link #get} would read it, at some moment between the call and its end;
     * together they are no snapshot: a change of two keys by another caller may be seen at one of them only.
     *
     * @param keys at most 10,000, each of which counts as one operation against {@link CoterieBuilder#maxOperations}
     * @return the values by key in the order of {@code keys}, without those that have none; not modifiable
     * @throws IllegalArgumentException if there are too many keys
     * @throws io.coterie.rpc.CoterieException if one of the keys could not be read in time: then none is returned
     */
    Map<K, V> getAll(Collection<? extends K> keys);

    /**
     * The next entries of the store in the order of their keys (see {@link Scan}). Each value is read as {@link #get} would
     * read it, at some moment between the call and its end; the page is no snapshot, and the pages of a scan are even less. A key
     * whose put ended before the call, and that nobody deletes during it, is in the page if the page reaches so far; a key
     * whose delete ended before the call, and that nobody puts again, is not.
     *
     * <p>Takes one round trip, and one more for keys that are being changed or that some replicas have missed. The first scan at a
     * replica after its start takes longer, as it puts its keys in order.
     *
     * @param limit how many entries, at most; 1 to 1,000. A page also ends at some 256 KiB
     * @throws UnsupportedOperationException if the store's policy has no scans; the eventual one has none
     */
    Page<K, V> scan(Scan<K> scan, int limit);

    /** Sets the value of a key. */
    void put(K key, V value);

    /** Removes a key; does nothing if it is absent. */
    void delete(K key);

    /**
     * Sets the value of a key that has none.
     *
     * @return whether it was set
     * @throws UnsupportedOperationException if the store's policy has no conditional operations
     */
    boolean putIfAbsent(K key, V value);

    /**
     * Sets the value of a key if it has the expected one: if both have the same bytes when written by the store's codec.
     *
     * @return whether it was set
     * @throws UnsupportedOperationException if the store's policy has no conditional operations
     */
    boolean compareAndSet(K key, V expected, V next);

    /**
     * The same, and tells what was found, so that a caller who was refused can tell an absent key from another value, and needs
     * no read before the next try.
     *
     * @throws UnsupportedOperationException if the store's policy has no conditional operations
     */
    Exchange<V> compareAndExchange(K key, V expected, V next);

    /**
     * Replaces the value of a key by a function of it, in one step that no other change comes between.
     *
     * @param change gets the value, or null if there is none, and returns the new one, or null to remove the key. It may be
     *     called more than once (the change is applied at most once), runs on the executor of
     *     {@link CoterieBuilder#executor} and may block; what it throws is thrown to the caller, and nothing is changed. Other
     *     changes of the key at this node wait meanwhile, reads do not. It may use the store, but not its own key: that
     *     throws {@link IllegalStateException} at once, as it would wait for itself
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
     * Tells a listener the value of a key, if it has one, and each later state. Each is told at least once, unless it is told
     * of as missed; in the order of their versions; and never one that was not decided. Whatever is missed, the listener
     * gets to the latest state in the end. It waits for nobody: changes of the key cost the same whether watched or not, but
     * each replica sends what it accepts to the watching node.
     *
     * <p>A state is not a put: changes of a key at the same time share a round, which leaves one state. A value that another
     * change overwrote in the same round was acknowledged, and is told to nobody, nor told of as missed.
     *
     * <p>Returns at once. The watch goes on through failures of replicas until it, or the node, is closed. What keeps replicas
     * from telling it anything, other than a failure, is logged as a warning.
     *
     * @param queue how many states may wait for the listener, 1 to 100,000; beyond that, the oldest are dropped and told of
     *     as missed. They are also dropped where all that waits at this node reaches 64 MiB
     * @throws UnsupportedOperationException if the store's policy has no watches; the eventual one has none
     * @throws io.coterie.rpc.OverloadedException if 1,024 watches are open at this node, those of its locks and elections
     *     counted in
     */
    Watch watch(K key, int queue, WatchListener<K, V> listener);

    /** {@link #watchPrefix(Object, int, WatchListener)} with a queue for 1,024 states. */
    default Watch watchPrefix(K prefix, WatchListener<K, V> listener) {
        return watchPrefix(prefix, 1024, listener);
    }

    /**
     * As {@link #watch(Object, int, WatchListener)}, for all keys whose bytes, as the store's codec writes them, begin with those of the prefix.
     * There is no order between different keys. The versions of the 100,000 keys that were changed last are remembered; of
     * one that is forgotten a state may be told again.
     *
     * @param prefix at least one byte when written by the store's codec
     */
    Watch watchPrefix(K prefix, int queue, WatchListener<K, V> listener);

    /** The same store for callers who do not wait. */
    AsyncStore<K, V> async();

    /**
     * The same store with another time for each operation, in place of {@link CoterieBuilder#operationTimeout}. Kept, it is a
     * store with a timeout of its own; for a single call write {@code store.withTimeout(ofMillis(200)).get(key)}.
     *
     * @param timeout above zero, at most one hour
     */
    Store<K, V> withTimeout(Duration timeout);

    /**
     * The same store with a weaker promise for reads; all other operations keep theirs.
     *
     * @throws IllegalArgumentException if the store's policy has no such reads
     */
    Store<K, V> withReadConsistency(ConsistencyPolicy weaker);

    /**
     * Waits until the store is open: until so many replicas have recorded it as the policy asks for. Nobody needs to call this
     * before using the store.
     *
     * @param timeout zero or more; the opening goes on afterwards
     * @throws NotReadyException if that time is over; the text says which replicas are missing, and why
     * @throws io.coterie.replication.PolicyMismatchException if the replicas know the store with another policy
     * @throws io.coterie.replication.ConfigurationMismatchException if one of them was given other replicas
     */
    void awaitReady(Duration timeout);

    /** Completes when {@link #awaitReady} would return, without an end to its time, or fails as that would throw. */
    CompletableFuture<@Nullable Void> readyAsync();
}
