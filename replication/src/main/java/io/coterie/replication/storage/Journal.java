package io.coterie.replication.storage;

import java.nio.ByteBuffer;

/**
 * A replica's open, append-only journal. Only to be used on the replica's loop, and never blocks
 * it.
 */
public interface Journal extends AutoCloseable {
    /**
     * Appends a record, which becomes durable some time later, after all records before it.
     *
     * @param record its remaining bytes; taken before this method returns
     * @return the record's position, higher than that of any record before it
     */
    long append(ByteBuffer record);

    /**
     * Whether records are kept at all. Where they are not they are not even made, and {@link
     * #append} gets empty ones.
     */
    default boolean keepsRecords() {
        return true;
    }

    /**
     * Runs the task once everything up to the position is durable: at once if it is already,
     * otherwise later on the loop, in order of position. Never, if the journal fails before that.
     */
    void whenDurable(long position, Runnable task);

    /**
     * Whether enough of the journal is superseded for a compaction to be worth its while. Never, by
     * default: for a journal that keeps no records.
     *
     * @param liveBytes what a journal of all that still counts would hold, roughly
     */
    default boolean isWorthCompacting(long liveBytes) {
        return false;
    }

    /**
     * Begins a compaction: what was appended before goes at its end, what is appended from now on
     * stays. A compaction that never comes to its end changes nothing.
     */
    default void beginCompaction() {}

    /**
     * Ends the compaction: takes away, some time later, what was appended before it began. To be
     * called only once all of that which still counts was appended again since, and is durable.
     */
    default void endCompaction() {}

    /**
     * Makes durable what was appended, frees the file, its lock and threads. A second call does
     * nothing.
     */
    @Override
    void close();
}
