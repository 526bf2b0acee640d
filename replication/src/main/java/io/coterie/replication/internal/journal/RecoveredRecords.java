package io.coterie.replication.internal.journal;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Takes the records that are read back from a journal, and is told before how much may come. */
public interface RecoveredRecords extends Consumer<ByteBuffer> {
    /**
     * So much is going to be read, at most.
     *
     * @param most the size of the files in bytes: no number that stands in them, which may be wrong
     */
    void expect(long most);
}
