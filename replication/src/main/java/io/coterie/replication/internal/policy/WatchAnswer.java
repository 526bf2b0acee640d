package io.coterie.replication.internal.policy;

import io.coterie.replication.spi.ScannedKey;
import java.util.List;

/**
 * What a replica has accepted, in its order. All of it is durable at that replica; none of it need
 * be chosen by a majority. Immutable.
 *
 * @param start a random number, never 0, that stands for the start of the watch at the replica.
 *     Where it differs from that of the answer before, the replica has forgotten the watch, and the
 *     events in between are lost
 * @param first the number of the first event; if it does not follow the last one that was seen, the
 *     events in between were dropped
 */
public record WatchAnswer(long start, long first, List<ScannedKey> events) {
    /** Copies the list. */
    public WatchAnswer {
        events = List.copyOf(events);
    }
}
