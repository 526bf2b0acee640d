package io.coterie.replication.storage;

import java.io.IOException;
import java.util.List;

/**
 * What a journal needs of a disk: a folder of files that belongs to one replica alone, and a place
 * to wait for it.
 *
 * <p>Files are read and written by jobs given to {@link #execute}, and before the journal is open
 * by its opener.
 */
public interface Disk extends AutoCloseable {
    /** The names of the files, in no order. */
    List<String> list() throws IOException;

    /**
     * Opens a file for reading and writing, and creates it if it is missing; its name is durable
     * when this returns. No file is opened a second time before it is closed.
     *
     * @throws StorageException if another user of the disk has it open
     */
    DiskFile open(String name) throws IOException;

    /** Deletes a file, durably. Does nothing if there is none. */
    void delete(String name) throws IOException;

    /**
     * Runs jobs that may block, one at a time, in the order of their hand-over, off the loop. Safe
     * for use by any thread.
     */
    void execute(Runnable job);

    /**
     * Runs the jobs handed over so far, then frees files still open, the lock and threads. A second
     * call does nothing.
     */
    @Override
    void close();
}
