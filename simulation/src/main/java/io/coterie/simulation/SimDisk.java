package io.coterie.simulation;

import io.coterie.simulation.internal.events.Trace;
import io.coterie.simulation.internal.process.NodeQueue;
import io.coterie.simulation.internal.process.SimLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * A machine's disk, seen from outside: its faults. The process on the machine uses it through
 * {@link SimStart#disk()}; {@link SimNode#disk()} gives it to a test.
 *
 * <p>A power loss ({@link SimNode#crash()}) loses writes that were not forced. Of the unforced
 * writes of each file, none or some first ones survive, and perhaps a part of the next. The job
 * that runs when its process ends is done in part or not at all.
 *
 * <p>A fault that a method sets lasts until it is set again, {@link #repair()} or the end of its
 * one effect; a restart of the process does not end it. All methods may be called at any time, on
 * the thread that runs the simulation.
 */
public final class SimDisk {
    private static final int UNLIMITED = Integer.MAX_VALUE;
    private static final int MAX_DONE_OF_A_JOB = 8;

    private final NodeQueue queue;
    private final SimRandom random;
    private final BooleanSupplier isUp;
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
     * @param isUp whether the process of the node is up
     * @param crash cuts the power of the node
     */
    SimDisk(NodeQueue queue, SimRandom random, BooleanSupplier isUp, Runnable crash) {
        this.queue = queue;
        this.random = random;
        this.isUp = isUp;
        this.crash = crash;
    }

    /** A copy of all that is on a disk, to restore it later or on another machine. Immutable. */
    public static final class Image {
        private final Map<String, FileContent> files;

        private Image(Map<String, FileContent> files) {
            this.files = files;
        }
    }

    /**
     * Sets how long a job takes, writes and forces included. Any time between is equally likely.
     *
     * @param shortest zero or more; default 0.1 ms
     * @param longest not below the shortest; default 0.5 ms
     * @throws IllegalArgumentException if a time is out of range
     */
    public void jobTime(Duration shortest, Duration longest) {
        jobTimes.between(shortest, longest);
    }

    /**
     * Makes each job take longer than {@link #jobTime} says.
     *
     * @param atMost the maximum of the extra time; the minimum is a tenth of it. Default zero
     */
    public void slowDown(Duration atMost) {
        jobTimes.slowDown(atMost);
    }

    /**
     * Makes the next job take longer, once.
     *
     * @param by the extra time; default zero
     */
    public void stallNextJob(Duration by) {
        jobTimes.stallNext(by);
    }

    /**
     * Draws the time of a job, in nanoseconds, as if one began now: it ends the stall of a next
     * job.
     */
    public long drawJobNanos() {
        return jobTimes.drawNanos(random);
    }

    /**
     * Sets how much the disk can hold. A write that does not fit is done in part and throws.
     *
     * @param bytes the sizes of all files together; {@link Long#MAX_VALUE}, the default, is no
     *     limit
     */
    public void capacityBytes(long bytes) {
        capacity = bytes;
    }

    /** The sizes of all files together, in bytes. */
    public long usedBytes() {
        return files.values().stream().mapToLong(FileContent::size).sum();
    }

    /**
     * Makes the next force or truncation throw, once. As on Linux, the unforced bytes of that file
     * can still be read and later forces succeed, but these bytes never get to the disk.
     */
    public void failNextForce() {
        nextForceFails = true;
    }

    /** Sets whether forces do nothing but report success. Off by default. */
    public void lyingForces(boolean lie) {
        forcesLie = lie;
    }

    /**
     * Sets whether a file may have zeros at its end after a power loss, as on a file system that
     * writes the size before the data. Off by default.
     */
    public void zeroTails(boolean zeros) {
        zeroTails = zeros;
    }

    /**
     * Cuts the power in the middle of a coming operation: a creation, write, force, truncation,
     * deletion or renaming. Use it to try a crash at each point of a procedure in turn.
     *
     * @param operations how many operations are done before that, zero or more
     */
    public void losePowerAfter(int operations) {
        operationsLeft = operations;
        crashesThen = true;
    }

    /**
     * Flips one bit of a byte, which the seed chooses.
     *
     * @param offset the byte, counted from 0
     * @throws IllegalArgumentException if there is no such file or it is too short
     */
    public void corrupt(String file, long offset) {
        FileContent content = files.get(file);
        if (content == null || offset < 0 || offset >= content.size()) {
            throw new IllegalArgumentException("no byte " + offset + " in file " + file + " of node " + queue.node()
                    + (content == null ? "; there are only " + files.keySet() : ", which has " + content.size()));
        }
        content.corrupt((int) offset, random.nextInt(8));
    }

    /**
     * Cuts off a file's end, durably. A program that copies or repairs files may do that; a crash
     * does not.
     *
     * @param size how many bytes of it stay
     * @throws IllegalArgumentException if there is no such file or it is too short
     */
    public void cut(String file, long size) {
        FileContent content = files.get(file);
        if (content == null || size < 0 || size > content.size()) {
            throw new IllegalArgumentException("no " + size + " bytes in file " + file + " of node " + queue.node()
                    + (content == null ? "; there are only " + files.keySet() : ", which has " + content.size()));
        }
        content.truncate((int) size);
    }

    /** The names of the files, sorted. */
    public List<String> list() {
        return List.copyOf(files.keySet());
    }

    /**
     * The size of a file in bytes.
     *
     * @throws IllegalArgumentException if there is no such file
     */
    public long size(String file) {
        FileContent content = files.get(file);
        if (content == null) {
            throw new IllegalArgumentException(
                    "no file " + file + " on node " + queue.node() + ", only " + files.keySet());
        }
        return content.size();
    }

    /** A copy of all that is on the disk now, forced or not. */
    public Image image() {
        return new Image(copy(files));
    }

    /**
     * Replaces all that is on the disk by an older copy, or by that of another machine. All of it
     * counts as forced.
     *
     * @throws IllegalStateException if the process is up
     */
    public void restore(Image image) {
        requireDown("restored");
        files = copy(image.files);
    }

    /**
     * Replaces the disk by an empty one. Its faults stay as they are.
     *
     * @throws IllegalStateException if the process is up
     */
    public void wipe() {
        requireDown("wiped");
        files = new TreeMap<>();
    }

    /**
     * Sets all faults to their defaults except {@link #zeroTails}: no limit, no delay beyond the
     * default, no force that fails or lies, no coming power loss.
     */
    public void repair() {
        jobTimes.reset();
        capacity = Long.MAX_VALUE;
        nextForceFails = false;
        forcesLie = false;
        operationsLeft = UNLIMITED;
        crashesThen = false;
    }

    /** Ends the faults that stop a storage: {@link #capacityBytes} and {@link #failNextForce}. */
    public void endFailures() {
        capacity = Long.MAX_VALUE;
        nextForceFails = false;
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
        queue.trace().record(kind, queue.node(), detail);
    }

    private void requireDown(String what) {
        if (isUp.getAsBoolean()) {
            throw new IllegalStateException(
                    "the disk of node " + queue.node() + " cannot be " + what + " while its process is up");
        }
    }

    private static Map<String, FileContent> copy(Map<String, FileContent> files) {
        Map<String, FileContent> copy = new TreeMap<>();
        files.forEach((name, content) -> copy.put(name, content.copy()));
        return copy;
    }
}
