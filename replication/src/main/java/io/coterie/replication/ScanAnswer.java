package io.coterie.replication;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a replica has accepted for the keys of a range, in their order, as far as there was room in
 * a message and time to look.
 *
 * @param keys those for which anything was accepted, deleted ones included
 * @param upTo the last key that the answer is about; null if it is about all of the range
 */
public record ScanAnswer(List<ScannedKey> keys, byte @Nullable [] upTo) {
    /** Copies the list. */
    public ScanAnswer {
        keys = List.copyOf(keys);
    }
}
