package io.coterie.replication.internal.journal;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Gets the records that are read back from a journal, and their size beforehand. */
public interface RecoveredRecords extends Consumer<ByteBuffer> {
    /**
     * Announces how much will be read, at most.
     *
     * @param most the size of the files in bytes, and not a number from their content, which may be
     *     damaged
     */
    void expect(long most);
}
