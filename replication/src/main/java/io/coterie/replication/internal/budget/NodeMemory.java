package io.coterie.replication.internal.budget;

import io.coterie.rpc.NodeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What all stores of a node may keep in memory together, however many they are: what they keep to
 * be faster, which they can do without, what waits for listeners of watches that are slow, and
 * which keys watches remember. Used on the node's loop only.
 */
public final class NodeMemory {
    /** What stores keep to be faster, together, in bytes: 64 MiB. */
    public static final long MAX_KEPT_BYTES = 64L << 20;

    /**
     * What waits for listeners, together, in bytes: 64 MiB, and the newest state of each watch
     * beyond that.
     */
    public static final long MAX_QUEUED_BYTES = 64L << 20;

    /** How many keys the watches of prefixes remember the versions of, together: 100,000. */
    public static final int MAX_REMEMBERED_KEYS = 100_000;

    /**
     * What this node may hold of changes that others have it make for them, together, in bytes: 64
     * MiB.
     */
    public static final long MAX_HELD_BYTES = 64L << 20;

    /** How much of that may be of one node: 16 MiB. */
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

    /** Memory of which nothing is used. */
    public NodeMemory() {}

    /** What a store keeps to be faster. */
    public interface Cache {
        /**
         * Looks at a few of the things kept, from where the last sweep ended, and gives up those
         * not used since they were last looked at, as long as there is not enough {@linkplain
         * NodeMemory#hasRoom room}.
         *
         * @return whether it came to the end, and the next sweep begins anew
         */
        boolean sweep();
    }

    /** Adds a cache that is still empty. */
    public void add(Cache cache) {
        caches.add(cache);
    }

    /** Removes a cache that keeps nothing any more. */
    public void remove(Cache cache) {
        caches.remove(cache);
    }

    /**
     * More is kept, or less.
     *
     * @param bytes how many more
     */
    public void keptChanged(long bytes) {
        keptBytes += bytes;
    }

    /** Whether no more is kept than the node may keep. */
    public boolean hasRoom() {
        return keptBytes <= MAX_KEPT_BYTES;
    }

    /** What all stores keep, in bytes. */
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

    /** What waits for a listener. */
    public interface Queue {
        /**
         * Drops something as long as there is more than one thing and it {@linkplain
         * NodeMemory#isTooLong is too long}.
         */
        void shorten();
    }

    /** Adds a queue that is still empty. */
    public void add(Queue queue) {
        queues.add(queue);
    }

    /** Removes a queue that holds nothing any more. */
    public void remove(Queue queue) {
        queues.remove(queue);
    }

    /**
     * A queue holds more, or less. Where all hold more than they may, each that is too long is
     * shortened: to half of that together, so that it is seldom done.
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
     * Whether a queue is to drop something: all together hold more than half of what they may, and
     * it holds more than its part of the other half. So slow listeners take no room from the
     * others.
     */
    public boolean isTooLong(long bytes) {
        return exceeds(bytes, MAX_QUEUED_BYTES / 2);
    }

    /**
     * Whether nothing that can wait should be added to a queue: it is half as long as one that
     * {@linkplain #isTooLong is too long}.
     */
    public boolean isHalfFull(long bytes) {
        return exceeds(bytes, MAX_QUEUED_BYTES / 4);
    }

    /**
     * Has room for a change that another node has this one make for it, unless there is too much of
     * that. One of each node is always taken, however large it is.
     *
     * @return whether it is taken, and to be {@linkplain #release released} when it has ended
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

    /** What is held for others, in bytes. */
    public long heldBytes() {
        return heldBytes;
    }

    /** The keys that a watch remembers. */
    public interface Keys {
        /** How many they are. */
        int size();

        /**
         * Forgets one of those heard of least lately, and says that {@link
         * NodeMemory#rememberedChanged less are remembered}.
         */
        void forgetEldest();
    }

    /** Adds the keys of a watch that remembers none yet. */
    public void add(Keys keys) {
        watchedKeys.add(keys);
    }

    /** Removes the keys of a watch that remembers none any more. */
    public void remove(Keys keys) {
        watchedKeys.remove(keys);
    }

    /**
     * A watch remembers more keys, or less. Where all together are more than they may be, the watch
     * with the most forgets some: one that remembers no more than its part of them loses none to
     * others.
     *
     * @param more how many more
     */
    public void rememberedChanged(int more) {
        rememberedKeys += more;
        // Two for one, as it may have been in vain before.
        for (int i = 0; i < 2 && more > 0 && rememberedKeys > MAX_REMEMBERED_KEYS; i++) {
            Collections.max(watchedKeys, BY_SIZE).forgetEldest();
        }
    }

    /** How many keys all watches remember. */
    public int rememberedKeys() {
        return rememberedKeys;
    }

    /**
     * How many keys a watch may come to remember without losing one.
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

    /** What waits for all listeners, in bytes. */
    public long queuedBytes() {
        return queuedBytes;
    }
}
