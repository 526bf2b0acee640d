package io.coterie.replication.internal.wire;

import io.coterie.replication.spi.RecordKey;
import java.util.Arrays;
import java.util.Comparator;

/**
 * The order in which all replicas list keys: that of their hashes with the bits reversed. A hash
 * table of any size has its keys in that order already, a few at a time, and keeps them so when it
 * grows. So a page begins anywhere without an index, and a replica needs no memory between two
 * pages.
 */
public final class ListOrder {
    /** By place, then by store and bytes, so that keys of one place have an order, too. */
    public static final Comparator<RecordKey> KEYS = Comparator.comparingLong(ListOrder::place)
            .thenComparingLong(RecordKey::store)
            .thenComparing(RecordKey::bytes, Arrays::compareUnsigned);

    private ListOrder() {}

    /** The place of a key, from 0 to 2<sup>32</sup> - 1. */
    public static long place(RecordKey key) {
        return Integer.toUnsignedLong(Integer.reverse(key.hashCode()));
    }
}
