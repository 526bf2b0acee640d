package io.coterie.internal.typed;

import io.coterie.Scan;
import io.coterie.Version;
import io.coterie.replication.spi.Ballot;
import org.jspecify.annotations.Nullable;

/**
 * Reads and makes values of the API that users can neither look into nor make. Only the API's own
 * package can, which hands this to the stores.
 */
public interface ApiValues {
    /** What a user asked a scan for. */
    <K> ScanBounds<K> boundsOf(Scan<K> scan);

    /** The same scan, from that key on: where the next page begins. */
    <K> Scan<K> restOf(Scan<K> scan, byte[] from);

    /** The version that users see of a state. */
    Version version(Ballot ballot);

    /**
     * Where a scan begins and ends.
     *
     * @param rest where the next page begins, in bytes; overrides {@code from} and {@code after}
     */
    record ScanBounds<K>(
            @Nullable K prefix, @Nullable K from, @Nullable K after, byte @Nullable [] rest) {}
}
