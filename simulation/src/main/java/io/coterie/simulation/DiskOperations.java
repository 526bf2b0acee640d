package io.coterie.simulation;

import io.coterie.simulation.internal.events.NodeRef;
import io.coterie.simulation.internal.events.Trace;
import io.coterie.simulation.internal.process.SimLoop;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of a disk, and what the operations of a process do to them while the disk has the
 * faults that {@link SimDisk} sets.
 */
final class DiskOperations {
    private static final int UNLIMITED = Integer.MAX_VALUE;
    private static final int MAX_DONE_OF_A_JOB = 8;

    private final NodeRef node;
    private final Trace trace;
    private final SimRandom random;
    private final Runnable crash;
    private final JobTimes jobTimes = new JobTimes();
    private Map<String, FileContent> files = new TreeMap<>();
    private long capacity = Long.MAX_VALUE;
    private boolean nextForceFails;
    private boolean forcesLie;
    private boolean zeroTails;
    private int operationsLeft = UNLIMITED;
    private boolean crashesThen;

    /**
     * An empty disk without faults.
     *
     * @param crash cuts the power of the node
     */
    DiskOperations(NodeRef node, Trace trace, SimRandom random, Runnable crash) {
        this.node = node;
        this.trace = trace;
        this.random = random;
        this.crash = crash;
    }

    JobTimes jobTimes() {
        return jobTimes;
    }

    void capacityBytes(long bytes) {
        capacity = bytes;
    }

    void failNextForce() {
        nextForceFails = true;
    }

    void lyingForces(boolean lie) {
        forcesLie = lie;
    }

    void zeroTails(boolean zeros) {
        zeroTails = zeros;
    }

    void losePowerAfter(int operations) {
        operationsLeft = operations;
        crashesThen = true;
    }

    void endFailures() {
        capacity = Long.MAX_VALUE;
        nextForceFails = false;
    }

    void repair() {
        jobTimes.reset();
        endFailures();
        forcesLie = false;
        operationsLeft = UNLIMITED;
        crashesThen = false;
    }

    /** Flips a bit of a byte of a file. */
    void corrupt(FileContent content, long offset) {
        content.corrupt((int) offset, random.nextInt(8));
    }

    List<String> list() {
        return List.copyOf(files.keySet());
    }

    @Nullable
    FileContent find(String name) {
        return files.get(name);
    }

    long usedBytes() {
        return files.values().stream().mapToLong(FileContent::size).sum();
    }

    /** A copy of all files. */
    Map<String, FileContent> copy() {
        return copy(files);
    }

    /** Replaces all files by copies of others. */
    void replace(Map<String, FileContent> others) {
        files = copy(others);
    }

    long drawJobNanos() {
        return jobTimes.drawNanos(random);
    }

    FileContent open(SimVolume volume, String name) throws IOException {
        FileContent content = files.get(name);
        if (content == null) {
            if (isLast()) {
                throw died(volume);
            }
            content = new FileContent();
            files.put(name, content);
        }
        return content;
    }

    void delete(SimVolume volume, String name) throws IOException {
        if (isLast()) {
            throw died(volume);
        }
        trace(Trace.Kind.DELETE, name.hashCode());
        files.remove(name);
    }

    void rename(SimVolume volume, String from, String to) throws IOException {
        FileContent content = files.get(from);
        if (content == null) {
            throw new IOException("no file " + from);
        }
        if (isLast()) {
            throw died(volume);
        }
        trace(Trace.Kind.RENAME, 31L * from.hashCode() + to.hashCode());
        files.remove(from);
        files.put(to, content);
    }

    void write(SimVolume volume, FileContent content, int position, byte[] bytes) throws IOException {
        if (isLast()) {
            content.write(position, Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
            throw died(volume);
        }
        trace(Trace.Kind.WRITE, ((long) position << 32) + bytes.length);
        long growth = Math.max(0, (long) position + bytes.length - content.size());
        long room = capacity == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, capacity - usedBytes());
        if (growth > room) {
            int fits = (int) Math.max(0, bytes.length - (growth - room));
            content.write(position, Arrays.copyOf(bytes, fits));
            throw error("No space left on device");
        }
        content.write(position, bytes);
    }

    void force(SimVolume volume, FileContent content) throws IOException {
        if (isLast()) {
            throw died(volume);
        }
        trace(Trace.Kind.FORCE, content.size());
        failIfAsked(content);
        if (!forcesLie) {
            content.force();
        }
    }

    void truncate(SimVolume volume, FileContent content, int size) throws IOException {
        if (isLast()) {
            throw died(volume);
        }
        trace(Trace.Kind.TRUNCATE, size);
        failIfAsked(content);
        content.truncate(size);
    }

    /** The job of a process that has just died: some of its first operations happen, or none. */
    void runInPart(SimLoop owner, Runnable job) {
        boolean crashesLater = crashesThen;
        int left = operationsLeft;
        int done = random.nextInt(MAX_DONE_OF_A_JOB);
        if (random.chance(0.5)) {
            operationsLeft = done;
            crashesThen = false;
            try {
                owner.runOutsideOrThrow(job);
            } catch (RuntimeException e) {
                trace(Trace.Kind.DISK_ERROR, done);
            }
        }
        operationsLeft = left;
        crashesThen = crashesLater;
    }

    void losePower() {
        files.values().forEach(content -> content.losePower(random, zeroTails));
        operationsLeft = UNLIMITED;
        crashesThen = false;
    }

    private void failIfAsked(FileContent content) throws IOException {
        if (nextForceFails) {
            nextForceFails = false;
            content.forgetUnforced();
            throw error("Input/output error");
        }
    }

    /**
     * Counts an operation that changes the disk. Returns whether the power fails in the middle of
     * it.
     */
    private boolean isLast() {
        return operationsLeft != UNLIMITED && --operationsLeft < 0;
    }

    private IOException died(SimVolume volume) {
        operationsLeft = UNLIMITED;
        volume.die();
        if (crashesThen) {
            crashesThen = false;
            crash.run();
        }
        return error("the process died during this operation");
    }

    private IOException error(String text) {
        trace(Trace.Kind.DISK_ERROR, text.hashCode());
        return new IOException(text);
    }

    private void trace(Trace.Kind kind, long detail) {
        trace.record(kind, node, detail);
    }

    private static Map<String, FileContent> copy(Map<String, FileContent> files) {
        Map<String, FileContent> copy = new TreeMap<>();
        files.forEach((name, content) -> copy.put(name, content.copy()));
        return copy;
    }
}
