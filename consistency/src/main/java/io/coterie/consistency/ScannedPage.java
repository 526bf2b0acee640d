package io.coterie.consistency;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a range of keys, with their values.
 *
 * @param entries in the order of the keys, without those that have no value
 * @param next what of the range follows; null if that was all
 */
public record ScannedPage(List<Entry> entries, @Nullable KeyRange next) {
    /** A key and its value. Neither may be changed. */
    public record Entry(byte[] key, byte[] value) {}

    /** Copies the list. */
    public ScannedPage {
        entries = List.copyOf(entries);
    }
}
