package io.coterie.simulation;

import io.coterie.simulation.internal.events.NodeRef;
import io.coterie.simulation.internal.process.NodeQueue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
    private final NodeRef node;
    private final DiskOperations operations;
    private final BooleanSupplier isUp;

    /**
     * An empty disk without faults.
     *
     * @param isUp whether the process of the node is up
     * @param crash cuts the power of the node
     */
    SimDisk(NodeQueue queue, SimRandom random, BooleanSupplier isUp, Runnable crash) {
        this.node = queue.node();
        this.operations = new DiskOperations(node, queue.trace(), random, crash);
        this.isUp = isUp;
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
        operations.jobTimes().between(shortest, longest);
    }

    /**
     * Makes each job take longer than {@link #jobTime} says.
     *
     * @param atMost the maximum of the extra time; the minimum is a tenth of it. Default zero
     */
    public void slowDown(Duration atMost) {
        operations.jobTimes().slowDown(atMost);
    }

    /**
     * Makes the next job take longer, once.
     *
     * @param by the extra time; default zero
     */
    public void stallNextJob(Duration by) {
        operations.jobTimes().stallNext(by);
    }

    /**
     * Draws the time of a job, in nanoseconds, as if one began now: it ends the stall of a next
     * job.
     */
    public long drawJobNanos() {
        return operations.drawJobNanos();
    }

    /**
     * Sets how much the disk can hold. A write that does not fit is done in part and throws.
     *
     * @param bytes the sizes of all files together; {@link Long#MAX_VALUE}, the default, is no
     *     limit
     */
    public void capacityBytes(long bytes) {
        operations.capacityBytes(bytes);
    }

    /** The sizes of all files together, in bytes. */
    public long usedBytes() {
        return operations.usedBytes();
    }

    /**
     * Makes the next force or truncation throw, once. As on Linux, the unforced bytes of that file
     * can still be read and later forces succeed, but these bytes never get to the disk.
     */
    public void failNextForce() {
        operations.failNextForce();
    }

    /** Sets whether forces do nothing but report success. Off by default. */
    public void lyingForces(boolean lie) {
        operations.lyingForces(lie);
    }

    /**
     * Sets whether a file may have zeros at its end after a power loss, as on a file system that
     * writes the size before the data. Off by default.
     */
    public void zeroTails(boolean zeros) {
        operations.zeroTails(zeros);
    }

    /**
     * Cuts the power in the middle of a coming operation: a creation, write, force, truncation,
     * deletion or renaming. Use it to try a crash at each point of a procedure in turn.
     *
     * @param operationsDone how many operations are done before that, zero or more
     */
    public void losePowerAfter(int operationsDone) {
        operations.losePowerAfter(operationsDone);
    }

    /**
     * Flips one bit of a byte, which the seed chooses.
     *
     * @param offset the byte, counted from 0
     * @throws IllegalArgumentException if there is no such file or it is too short
     */
    public void corrupt(String file, long offset) {
        FileContent content = operations.find(file);
        if (content == null || offset < 0 || offset >= content.size()) {
            throw new IllegalArgumentException("no byte " + offset + " in file " + file + " of node " + node
                    + (content == null ? "; there are only " + operations.list() : ", which has " + content.size()));
        }
        operations.corrupt(content, offset);
    }

    /**
     * Cuts off a file's end, durably. A program that copies or repairs files may do that; a crash
     * does not.
     *
     * @param size how many bytes of it stay
     * @throws IllegalArgumentException if there is no such file or it is too short
     */
    public void cut(String file, long size) {
        FileContent content = operations.find(file);
        if (content == null || size < 0 || size > content.size()) {
            throw new IllegalArgumentException("no " + size + " bytes in file " + file + " of node " + node
                    + (content == null ? "; there are only " + operations.list() : ", which has " + content.size()));
        }
        content.truncate((int) size);
    }

    /** The names of the files, sorted. */
    public List<String> list() {
        return operations.list();
    }

    /**
     * The size of a file in bytes.
     *
     * @throws IllegalArgumentException if there is no such file
     */
    public long size(String file) {
        FileContent content = operations.find(file);
        if (content == null) {
            throw new IllegalArgumentException("no file " + file + " on node " + node + ", only " + operations.list());
        }
        return content.size();
    }

    /** A copy of all that is on the disk now, forced or not. */
    public Image image() {
        return new Image(operations.copy());
    }

    /**
     * Replaces all that is on the disk by an older copy, or by that of another machine. All of it
     * counts as forced.
     *
     * @throws IllegalStateException if the process is up
     */
    public void restore(Image image) {
        requireDown("restored");
        operations.replace(image.files);
    }

    /**
     * Replaces the disk by an empty one. Its faults stay as they are.
     *
     * @throws IllegalStateException if the process is up
     */
    public void wipe() {
        requireDown("wiped");
        operations.replace(Map.of());
    }

    /**
     * Sets all faults to their defaults except {@link #zeroTails}: no limit, no delay beyond the
     * default, no force that fails or lies, no coming power loss.
     */
    public void repair() {
        operations.repair();
    }

    /** Ends the faults that stop a storage: {@link #capacityBytes} and {@link #failNextForce}. */
    public void endFailures() {
        operations.endFailures();
    }

    DiskOperations operations() {
        return operations;
    }

    void losePower() {
        operations.losePower();
    }

    private void requireDown(String what) {
        if (isUp.getAsBoolean()) {
            throw new IllegalStateException(
                    "the disk of node " + node + " cannot be " + what + " while its process is up");
        }
    }
}
