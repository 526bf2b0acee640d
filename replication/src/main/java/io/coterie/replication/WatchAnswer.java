package io.coterie.replication;

import java.util.List;

/**
 * What a replica accepted, in the order in which it did. All of it is durable; nothing of it need
 * be chosen.
 *
 * @param life which memory of the watch this is, never 0: where it is not that of the answer
 *     before, the replica has forgotten the watch, and what it accepted in between is lost
 * @param first the number of the first event; if it is not the one after the last seen, those
 *     between were dropped
 */
public record WatchAnswer(long life, long first, List<ScannedKey> events) {
    /** Copies the list. */
    public WatchAnswer {
        events = List.copyOf(events);
    }
}
