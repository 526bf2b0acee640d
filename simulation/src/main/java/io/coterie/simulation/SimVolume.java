package io.coterie.simulation;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A node's disk as one start of its process sees it: a flat folder of files, and a place to wait for it. When the process
 * ends, all methods throw {@link IOException} and waiting jobs are dropped.
 *
 * <p>Names of files are durable at once. All other changes are not, before the file is forced.
 */
public final class SimVolume implements AutoCloseable {
    private final SimDisk disk;
    private final SimStart start;
    private final Deque<Runnable> jobs = new ArrayDeque<>();
    private boolean jobComes;
    private boolean open = true;

    SimVolume(SimDisk disk, SimStart start) {
        this.disk = disk;
        this.start = start;
    }

    /** The names of the files, sorted. */
    public List<String> list() throws IOException {
        requireOpen();
        return disk.list();
    }

    /** Opens a file for reading and writing, and creates it if it is missing; its name is durable when this returns. */
    public SimFile open(String name) throws IOException {
        requireOpen();
        return new SimFile(this, disk, name, disk.open(this, name));
    }

    /** Deletes a file, durably. Does nothing if there is none. */
    public void delete(String name) throws IOException {
        requireOpen();
        disk.delete(this, name);
    }

    /** Gives a file another name, durably; a file that had that name is gone. What was not forced is still not durable. */
    public void rename(String from, String to) throws IOException {
        requireOpen();
        disk.rename(this, from, to);
    }

    /**
     * Runs jobs off the loop, one at a time, in the order of their hand-over, each after the time that the
     * {@linkplain SimDisk#jobTime disk} needs. What a job hands to the loop arrives when the job's time is over.
     */
    public void execute(Runnable job) {
        if (open) {
            jobs.add(job);
            nextJob();
        }
    }

    /** Runs the jobs handed over so far, at once, then refuses all. A second call does nothing. */
    @Override
    public void close() {
        while (open && !jobs.isEmpty()) {
            start.node().simulation().runTask(start.node(), null, jobs.remove());
        }
        open = false;
    }

    /** Part of what failed storage tells others, and so of the trace: the same for the same seed. */
    @Override
    public String toString() {
        return "the disk of " + start;
    }

    void requireOpen() throws IOException {
        if (!open) {
            throw new IOException("the disk of " + start + " is closed, or its process has ended");
        }
    }

    /** The job under way either did not happen, or happens now in part; all others are dropped. */
    void processDied() {
        Runnable underWay = jobs.peek();
        jobs.clear();
        if (open && underWay != null) {
            disk.runInPart(start.node(), underWay);
        }
        open = false;
    }

    void die() {
        open = false;
    }

    private void nextJob() {
        if (!jobComes && !jobs.isEmpty()) {
            jobComes = true;
            start.handOver(disk.drawJobNanos(), Trace.Kind.DISK_JOB, () -> {
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
