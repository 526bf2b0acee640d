package io.coterie.consistency.internal.coordination.node;

import io.coterie.consistency.internal.coordination.rules.OwnerId;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Those who wait at this node for a record without a place in its queue, in the order of asking.
 */
public final class Unqueued {
    /** By key, the {@linkplain OwnerId#number numbers} of acquisitions. */
    private final Map<ByteBuffer, NavigableSet<Long>> numbers = new HashMap<>();

    /** Whether one who waits is among so many who asked first, none of whom has a place. */
    public boolean isAmongFirst(byte[] key, OwnerId owner, int places) {
        NavigableSet<Long> all = numbers.computeIfAbsent(ByteBuffer.wrap(key), absent -> new TreeSet<>());
        all.add(owner.number());
        int left = places;
        for (long number : all) {
            if (left <= 0 || number == owner.number()) {
                break;
            }
            left--;
        }
        return left > 0;
    }

    /** One has come into the queue, or no longer waits. */
    public void leave(byte[] key, OwnerId owner) {
        ByteBuffer name = ByteBuffer.wrap(key);
        NavigableSet<Long> all = numbers.get(name);
        if (all != null) {
            all.remove(owner.number());
            if (all.isEmpty()) {
                numbers.remove(name);
            }
        }
    }
}
