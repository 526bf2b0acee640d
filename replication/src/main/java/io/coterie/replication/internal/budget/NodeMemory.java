package io.coterie.replication.internal.budget;

import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory of all stores of a node together, however many they are: caches, which they can do
 * without, changes that wait for slow listeners, and the keys that watches remember. Used on the
 * node's loop only.
 */
public final class NodeMemory {
    /** The most bytes of all caches together: 64 MiB. */
    public static final long MAX_KEPT_BYTES = 64L << 20;

    /**
     * The most bytes of all changes that wait for listeners: 64 MiB, and beyond that the newest
     * state of each watch.
     */
    public static final long MAX_QUEUED_BYTES = 64L << 20;

    /** The most keys whose versions the watches of prefixes remember together: 100,000. */
    public static final int MAX_REMEMBERED_KEYS = 100_000;

    /** The most bytes of changes that this node makes for other nodes at a time: 64 MiB. */
    public static final long MAX_HELD_BYTES = 64L << 20;

    /** The most of these bytes for one node: 16 MiB. */
    public static final long MAX_HELD_BYTES_OF_CALLER = 16L << 20;

    private static final Comparator<Keys> BY_SIZE = Comparator.comparingInt(Keys::size);

    private final List<Cache> caches = new ArrayList<>();
    private int hand;
    private long keptBytes;
    private long queuedBytes;
    private final List<Queue> queues = new ArrayList<>();
    private boolean shortening;
    private final List<Keys> watchedKeys = new ArrayList<>();
    private int rememberedKeys;
    private final Map<NodeId, Long> held = new HashMap<>();
    private long heldBytes;

    /** Counts of a node that uses no memory yet. */
    public NodeMemory() {}

    /** The cache of a store. */
    public interface Cache {
        /**
         * Visits a few entries, from the end of the last sweep on, and drops those that were not
         * used since the last visit, as long as there is not enough {@linkplain NodeMemory#hasRoom
         * room}.
         *
         * @return whether it reached the end of the cache, so that the next sweep begins again
         */
        boolean sweep();
    }

    /** Adds an empty cache. */
    public void add(Cache cache) {
        caches.add(cache);
    }

    /** Removes an empty cache. */
    public void remove(Cache cache) {
        caches.remove(cache);
    }

    /**
     * The caches keep more, or less.
     *
     * @param bytes how many more
     */
    public void keptChanged(long bytes) {
        keptBytes += bytes;
    }

    /** Whether the caches keep no more than they may. */
    public boolean hasRoom() {
        return keptBytes <= MAX_KEPT_BYTES;
    }

    /** The bytes of all caches. */
    public long keptBytes() {
        return keptBytes;
    }

    /**
     * Sweeps on, one cache after the other, each to its end, whichever of them has grown: so what
     * was not used for longest goes, wherever it is.
     */
    public void sweep() {
        if (hand >= caches.size()) {
            hand = 0;
        }
        if (!caches.isEmpty() && caches.get(hand).sweep()) {
            hand++;
        }
    }

    /** The changes that wait for a listener. */
    public interface Queue {
        /**
         * Drops something as long as there is more than one thing and it {@linkplain
         * NodeMemory#isTooLong is too long}.
         */
        void shorten();
    }

    /** Adds an empty queue. */
    public void add(Queue queue) {
        queues.add(queue);
    }

    /** Removes an empty queue. */
    public void remove(Queue queue) {
        queues.remove(queue);
    }

    /**
     * A queue holds more, or less. If all queues hold more than they may, each one that is too long
     * is shortened: to half of that limit together, so that this is rare.
     *
     * @param bytes how many more
     */
    public void queuedChanged(long bytes) {
        queuedBytes += bytes;
        if (queuedBytes > MAX_QUEUED_BYTES && !shortening) {
            shortening = true;
            try {
                List.copyOf(queues).forEach(Queue::shorten);
            } finally {
                shortening = false;
            }
        }
    }

    /**
     * Whether a queue of so many bytes must drop something: all queues hold more than half of the
     * limit, and this one holds more than its part of that half. So slow listeners take no room
     * from the others.
     */
    public boolean isTooLong(long bytes) {
        return exceeds(bytes, MAX_QUEUED_BYTES / 2);
    }

    /**
     * Whether a queue should get nothing that can wait: it is half as long as one that {@linkplain
     * #isTooLong is too long}.
     */
    public boolean isHalfFull(long bytes) {
        return exceeds(bytes, MAX_QUEUED_BYTES / 4);
    }

    /**
     * Reserves memory for a change that this node makes for another one, unless there are too many.
     * One change of each node is always accepted, however large it is.
     *
     * @return whether it is accepted, and must be {@linkplain #release released} at its end
     */
    public boolean hold(NodeId caller, long bytes) {
        Long ofCaller = held.get(caller);
        if (ofCaller != null && (ofCaller + bytes > MAX_HELD_BYTES_OF_CALLER || heldBytes + bytes > MAX_HELD_BYTES)) {
            return false;
        }
        held.merge(caller, bytes, Long::sum);
        heldBytes += bytes;
        return true;
    }

    /** A change that was made for another node has ended. */
    public void release(NodeId caller, long bytes) {
        held.computeIfPresent(caller, (node, all) -> all > bytes ? all - bytes : null);
        heldBytes -= bytes;
    }

    /** The bytes that are held for other nodes. */
    public long heldBytes() {
        return heldBytes;
    }

    /** The keys that a watch remembers. */
    public interface Keys {
        /** How many keys there are. */
        int size();

        /**
         * Forgets one of the keys whose last event is the oldest, and calls {@link
         * NodeMemory#rememberedChanged}.
         */
        void forgetEldest();
    }

    /** Adds a watch that remembers no keys. */
    public void add(Keys keys) {
        watchedKeys.add(keys);
    }

    /** Removes a watch that remembers no keys. */
    public void remove(Keys keys) {
        watchedKeys.remove(keys);
    }

    /**
     * A watch remembers more keys, or fewer. If all watches together remember too many, the watch
     * with the most keys forgets some. So a watch that remembers no more than its part loses none
     * to others.
     *
     * @param more how many more
     */
    public void rememberedChanged(int more) {
        rememberedKeys += more;
        // Two for one: earlier attempts may have forgotten none.
        for (int i = 0; i < 2 && more > 0 && rememberedKeys > MAX_REMEMBERED_KEYS; i++) {
            Collections.max(watchedKeys, BY_SIZE).forgetEldest();
        }
    }

    /** How many keys all watches remember. */
    public int rememberedKeys() {
        return rememberedKeys;
    }

    /**
     * How many keys a watch may remember without losing one.
     *
     * @param size how many it remembers now
     */
    public int mayRemember(int size) {
        int part = MAX_REMEMBERED_KEYS / Math.max(1, watchedKeys.size());
        return Math.max(part, size + MAX_REMEMBERED_KEYS - rememberedKeys);
    }

    private boolean exceeds(long bytes, long most) {
        return queuedBytes > most && bytes > most / Math.max(1, queues.size());
    }

    /** The bytes that wait for all listeners. */
    public long queuedBytes() {
        return queuedBytes;
    }
}
