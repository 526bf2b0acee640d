package io.coterie.replication.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a replica has accepted for the keys of a range, in their order. An answer ends early where a
 * message or the time on the loop is used up. Immutable.
 *
 * @param keys the keys for which anything was accepted, including deleted ones
 * @param upTo the last key that the answer covers; null if it covers the whole range
 */
public record ScanAnswer(List<ScannedKey> keys, byte @Nullable [] upTo) {
    /** Copies the list. */
    public ScanAnswer {
        keys = List.copyOf(keys);
    }
}
