package io.coterie.replication.internal.tables;

import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.VersionedValue;

/** A replica's copy of one key of an eventual store. */
public final class VersionedRecord extends KeyedRecord {
    private VersionedValue value;
    private long position;

    VersionedRecord(RecordKey key, VersionedValue value, long position) {
        super(key);
        this.value = value;
        this.position = position;
    }

    void replace(VersionedValue by, long journalPosition) {
        value = by;
        position = journalPosition;
    }

    public VersionedValue value() {
        return value;
    }

    /** The place of its last change in the journal. */
    public long position() {
        return position;
    }

    @Override
    public long version() {
        return value.timestamp().time();
    }

    @Override
    public long versionWriter() {
        return value.timestamp().writer();
    }
}
