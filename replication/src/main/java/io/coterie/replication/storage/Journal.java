package io.coterie.replication.storage;

import java.nio.ByteBuffer;

/**
 * A replica's open journal, which is only appended to. Only to be used on the replica's loop, which
 * it never blocks, except in {@link #close}.
 */
public interface Journal extends AutoCloseable {
    /**
     * Appends a record. It becomes durable some time later, after all records before it.
     *
     * @param record its remaining bytes are copied before this returns
     * @return the record's position, higher than the positions of all records before it
     */
    long append(ByteBuffer record);

    /**
     * Whether the journal keeps records at all. If not, the replica does not encode them, and
     * appends empty ones. By default true.
     */
    default boolean keepsRecords() {
        return true;
    }

    /**
     * Runs the task once all records up to the position are durable: before this returns if they
     * are durable already, otherwise later on the loop, in the order of positions. If the journal
     * fails first, the task never runs.
     */
    void whenDurable(long position, Runnable task);

    /**
     * Whether enough of the journal is superseded to make a compaction worthwhile. By default
     * false, as for a journal that keeps no records.
     *
     * @param liveBytes roughly how many bytes a journal of all records that still count would have
     */
    default boolean isWorthCompacting(long liveBytes) {
        return false;
    }

    /**
     * Begins a compaction: its end removes the records that were appended before, and keeps those
     * that are appended from now on. A compaction that never ends changes nothing.
     */
    default void beginCompaction() {}

    /**
     * Ends the compaction: removes, some time later, the records that were appended before it
     * began. Only to be called once those of them that still count were appended again, and are
     * durable.
     */
    default void endCompaction() {}

    /**
     * Makes all records durable, then releases the files, their lock and threads. Blocks until
     * then. A second call does nothing.
     */
    @Override
    void close();
}
