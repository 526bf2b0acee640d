package io.coterie.replication.internal.tables;

import io.coterie.replication.spi.RecordKey;
import org.jspecify.annotations.Nullable;

/** What a replica keeps for one key, in one object with the key. */
public abstract class KeyedRecord extends RecordKey {
    /** The next record of the same bucket, see {@link RecordTable}. */
    @Nullable
    KeyedRecord next;

    KeyedRecord(RecordKey key) {
        super(key);
    }

    KeyedRecord(long store, byte[] key) {
        super(store, key);
    }

    /**
     * The first half of the number that orders the versions of the key, an accepted ballot or a
     * timestamp; 0 if nothing was accepted.
     */
    public abstract long version();

    /** The second half, which orders versions of the same {@link #version}. */
    public abstract long versionWriter();

    /**
     * What this record adds to the {@link Digests}: a hash of key and version; 0 without a version.
     */
    final long digest() {
        long version = version();
        long writer = versionWriter();
        return version == 0 && writer == 0 ? 0 : Digests.ofEntry(hashCode(), version, writer);
    }
}
