package io.coterie.replication.storage;

import java.io.IOException;
import java.util.List;

/**
 * What a journal needs of a disk: a folder of files that belongs to one replica alone, and a thread
 * for the jobs that block.
 *
 * <p><em>Threading:</em> the thread that opens the journal reads and writes the files first. Once
 * the journal is open, only jobs that were handed to {@link #execute} do.
 */
public interface Disk extends AutoCloseable {
    /** The names of the files, in any order. */
    List<String> list() throws IOException;

    /**
     * Opens a file for reading and writing, and creates it if it is missing. Its name is durable
     * when this returns. The journal opens no file a second time before it has closed it.
     *
     * @throws StorageException if another user of the disk has it open
     */
    DiskFile open(String name) throws IOException;

    /** Deletes a file durably. Does nothing if the file is missing. */
    void delete(String name) throws IOException;

    /**
     * Runs a job that may block, off the loop. Jobs run one at a time, in the order in which they
     * were handed over. May be called by any thread, and does not block.
     */
    void execute(Runnable job);

    /**
     * Runs the jobs that were handed over so far, then closes files that are still open, and
     * releases the lock and the thread. A second call does nothing.
     */
    @Override
    void close();
}
