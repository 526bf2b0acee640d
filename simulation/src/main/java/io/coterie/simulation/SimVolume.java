package io.coterie.simulation;

import io.coterie.simulation.internal.events.Trace;
import io.coterie.simulation.internal.process.SimLoop;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A node's disk as one start of its process sees it: a flat folder of files, and an executor for
 * jobs that use it. {@link SimStart#disk()} is one.
 *
 * <p>Changes of file names are durable at once. Written bytes are durable after {@link
 * SimFile#force}.
 *
 * <p>When the process ends, or after {@link #close()}, all methods that use files throw {@link
 * IOException}, and waiting jobs are dropped. The faults of {@link SimDisk} make them throw it,
 * too.
 *
 * <p>Threading: all methods may be called on the loop and in jobs, on the thread that runs the
 * simulation. A method by itself takes no time; only {@link #execute} does.
 */
public final class SimVolume implements AutoCloseable {
    private final DiskOperations disk;
    private final SimLoop loop;
    private final Deque<Runnable> jobs = new ArrayDeque<>();
    private boolean jobComes;
    private boolean open = true;

    SimVolume(DiskOperations disk, SimLoop loop) {
        this.disk = disk;
        this.loop = loop;
    }

    /**
     * The names of the files, sorted.
     *
     * @throws IOException if the volume is closed or its process has ended
     */
    public List<String> list() throws IOException {
        requireOpen();
        return disk.list();
    }

    /**
     * Opens a file for reading and writing, and creates it if it is missing. Its name is durable
     * when this returns.
     *
     * @throws IOException if the volume is closed, its process has ended, or the power fails now
     */
    public SimFile open(String name) throws IOException {
        requireOpen();
        return new SimFile(this, disk, name, disk.open(this, name));
    }

    /**
     * Deletes a file, durably. Does nothing if there is none.
     *
     * @throws IOException if the volume is closed, its process has ended, or the power fails now
     */
    public void delete(String name) throws IOException {
        requireOpen();
        disk.delete(this, name);
    }

    /**
     * Gives a file another name, durably. A file that had that name is deleted. Bytes that were not
     * forced are still not durable.
     *
     * @throws IOException if there is no such file, the volume is closed, its process has ended, or
     *     the power fails now
     */
    public void rename(String from, String to) throws IOException {
        requireOpen();
        disk.rename(this, from, to);
    }

    /**
     * Runs a job outside the loop, after all jobs before it and after the time that the {@linkplain
     * SimDisk#jobTime disk} needs for it. A task that the job hands to the loop runs after that
     * time. Does nothing if the volume is closed or its process has ended.
     */
    public void execute(Runnable job) {
        if (open) {
            jobs.add(job);
            nextJob();
        }
    }

    /**
     * Runs all waiting jobs, at once and without taking time, and then refuses jobs. A second call
     * does nothing.
     */
    @Override
    public void close() {
        while (open && !jobs.isEmpty()) {
            loop.runOutside(jobs.remove());
        }
        open = false;
    }

    /** Errors of storage contain it, and so does the trace: it is the same for the same seed. */
    @Override
    public String toString() {
        return "the disk of " + loop;
    }

    void requireOpen() throws IOException {
        if (!open) {
            throw new IOException("the disk of " + loop + " is closed, or its process has ended");
        }
    }

    /**
     * The job that is running either did not happen, or happens now in part. All others are
     * dropped.
     */
    void processDied() {
        Runnable running = jobs.peek();
        jobs.clear();
        if (open && running != null) {
            disk.runInPart(loop, running);
        }
        open = false;
    }

    void die() {
        open = false;
    }

    private void nextJob() {
        if (!jobComes && !jobs.isEmpty()) {
            jobComes = true;
            loop.handOver(disk.drawJobNanos(), Trace.Kind.DISK_JOB, () -> {
                jobComes = false;
                Runnable job = jobs.poll();
                if (job != null) {
                    try {
                        job.run();
                    } finally {
                        nextJob();
                    }
                }
            });
        }
    }
}
