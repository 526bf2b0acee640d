package io.coterie.consistency.internal.watch;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which keys of a watch are to be read, and which are being read: never more at once than the
 * listener's queue has room for, as a result that overflows has to be read again.
 */
final class PendingReads {
    private static final int MAX_IN_FLIGHT = 64;

    private final IntSupplier room;
    private final Consumer<WatchedKey> begin;
    private final Set<WatchedKey> wanted = new LinkedHashSet<>();
    private final Set<WatchedKey> inFlight = new LinkedHashSet<>();
    private boolean going;

    /**
     * No reads.
     *
     * @param room how many more results there is room for
     * @param begin begins a read, whose end is to be reported to {@link #ended}
     */
    PendingReads(IntSupplier room, Consumer<WatchedKey> begin) {
        this.room = room;
        this.begin = begin;
    }

    /**
     * The key is to be read, by a read that begins after this: if one is in flight, once more after
     * that.
     */
    void want(WatchedKey key) {
        wanted.add(key);
        resume();
    }

    /** Reads it now, whether there is room or not. */
    void beginNow(WatchedKey key) {
        inFlight.add(key);
        begin.accept(key);
    }

    void ended(WatchedKey key) {
        inFlight.remove(key);
        resume();
    }

    /** Whether the key is read or will be. */
    boolean has(WatchedKey key) {
        return inFlight.contains(key) || wanted.contains(key);
    }

    boolean isInFlight(WatchedKey key) {
        return inFlight.contains(key);
    }

    /** Whether the key was to be read. It no longer is. */
    boolean drop(WatchedKey key) {
        return wanted.remove(key);
    }

    int inFlight() {
        return inFlight.size();
    }

    int wanted() {
        return wanted.size();
    }

    /** There may be room. */
    void resume() {
        // What is begun may end at once, and come back here.
        if (!going) {
            going = true;
            WatchedKey next = next();
            while (next != null) {
                beginNow(next);
                next = next();
            }
            going = false;
        }
    }

    private @Nullable WatchedKey next() {
        if (inFlight.size() >= Math.min(MAX_IN_FLIGHT, room.getAsInt())) {
            return null;
        }
        Iterator<WatchedKey> all = wanted.iterator();
        while (all.hasNext()) {
            WatchedKey key = all.next();
            if (!inFlight.contains(key)) {
                all.remove();
                return key;
            }
        }
        return null;
    }
}
