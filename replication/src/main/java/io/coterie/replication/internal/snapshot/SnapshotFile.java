package io.coterie.replication.internal.snapshot;

import io.coterie.replication.storage.DiskFile;
import java.io.IOException;

/**
 * The file that a snapshot is written to. It has another name until it is complete, so that nobody
 * takes a part for the whole.
 */
public interface SnapshotFile extends AutoCloseable {
    /** To be used by jobs alone. */
    DiskFile content();

    /**
     * Runs a job that may block. Jobs run one at a time, in the order in which they were handed
     * over. May be called by any thread, and does not block.
     */
    void execute(Runnable job);

    /**
     * Gives the file its name. All of it is durable then. To be called by a job, at most once.
     *
     * @throws IOException if there is a file of that name by now
     */
    void complete() throws IOException;

    /**
     * Runs the jobs that were handed over so far. Then releases the file, and deletes it if it is
     * not complete. Does not wait for that. May be called by any thread; a second call does
     * nothing.
     */
    @Override
    void close();
}
