package io.coterie.simulation;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A machine's disk, seen from outside: its faults. The process on the machine reaches it through {@link SimStart#disk()}.
 *
 * <p>A power loss ({@link SimNode#crash()}) loses what was not forced: of each file's unforced writes none or some first
 * ones survive, and the next one perhaps in part. A job under way at the end of its process is done in part or not at all.
 */
public final class SimDisk {
    private static final Duration SHORTEST_JOB = Duration.ofNanos(100_000);
    private static final Duration LONGEST_JOB = Duration.ofNanos(500_000);

    private static final int UNLIMITED = Integer.MAX_VALUE;
    private static final int MOST_DONE_OF_A_JOB = 8;

    private final SimNode node;
    private final SimRandom random;
    private Map<String, FileContent> files = new TreeMap<>();
    private Duration shortestJob = SHORTEST_JOB;
    private Duration longestJob = LONGEST_JOB;
    private Duration slowedBy = Duration.ZERO;
    private Duration stall = Duration.ZERO;
    private long capacity = Long.MAX_VALUE;
    private boolean nextForceFails;
    private boolean forcesLie;
    private boolean zeroTails;
    private int operationsLeft = UNLIMITED;
    private boolean crashesThen;

    SimDisk(SimNode node, SimRandom random) {
        this.node = node;
        this.random = random;
    }

    /** What stands on a disk, for putting it back later or into another machine. */
    public static final class Image {
        private final Map<String, FileContent> files;

        private Image(Map<String, FileContent> files) {
            this.files = files;
        }
    }

    /**
     * How long a job takes, writes and forces included; any time between is equally likely. 0.1 to 0.5 ms by default.
     *
     * @param longest not below the shortest
     */
    public void jobTime(Duration shortest, Duration longest) {
        if (shortest.isNegative() || longest.compareTo(shortest) < 0) {
            throw new IllegalArgumentException("job time from " + shortest + " to " + longest);
        }
        shortestJob = shortest;
        longestJob = longest;
    }

    /**
     * How much the disk holds. A write that does not fit is done in part and throws. No limit by default.
     *
     * @param bytes the sizes of all files together; {@link Long#MAX_VALUE} is no limit
     */
    public void capacityBytes(long bytes) {
        capacity = bytes;
    }

    /** How much the disk holds now: the sizes of all files together, in bytes. */
    public long usedBytes() {
        return files.values().stream().mapToLong(FileContent::size).sum();
    }

    /**
     * Lets the next force (or truncation) throw, once. As on Linux, what was written and not forced in that file can still
     * be read, later forces succeed, and yet it never gets to the disk.
     */
    public void failNextForce() {
        nextForceFails = true;
    }

    /** Whether forces do nothing and say that they did. Off by default. */
    public void lyingForces(boolean lie) {
        forcesLie = lie;
    }

    /** Whether a file may have zeros at its end after a power loss, as where its size was written before its data. Off by default. */
    public void zeroTails(boolean zeros) {
        zeroTails = zeros;
    }

    /**
     * Cuts the power in the middle of a coming write, force, truncation, deletion or renaming: the way to try a crash at
     * each point of a procedure in turn.
     *
     * @param operations how many of them are done before that, zero or more
     */
    public void losePowerAfter(int operations) {
        operationsLeft = operations;
        crashesThen = true;
    }

    /**
     * Flips one bit of a byte.
     *
     * @throws IllegalArgumentException if there is no such file or it is not that long
     */
    public void corrupt(String file, long offset) {
        FileContent content = files.get(file);
        if (content == null || offset < 0 || offset >= content.size()) {
            throw new IllegalArgumentException("no byte " + offset + " in file " + file + " of node " + node.id()
                    + (content == null ? "; there are only " + files.keySet() : ", which has " + content.size()));
        }
        content.corrupt((int) offset, random.nextInt(8));
    }

    /**
     * Cuts off a file's end, as a program that copies, cleans or repairs files may, and no crash does.
     *
     * @param size what is left of it, in bytes
     * @throws IllegalArgumentException if there is no such file or it is not that long
     */
    public void cut(String file, long size) {
        FileContent content = files.get(file);
        if (content == null || size < 0 || size > content.size()) {
            throw new IllegalArgumentException("no " + size + " bytes in file " + file + " of node " + node.id()
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
                    "no file " + file + " on node " + node.id() + ", only " + files.keySet());
        }
        return content.size();
    }

    /** All that stands on the disk now, forced or not. */
    public Image image() {
        return new Image(copy(files));
    }

    /** Replaces all that stands on the disk: an older copy put back, or another machine's disk. The process must be down. */
    public void restore(Image image) {
        requireDown("restored");
        files = copy(image.files);
    }

    /** Replaces the disk by an empty one. The process must be down. */
    public void wipe() {
        requireDown("wiped");
        files = new TreeMap<>();
    }

    /** Takes away all faults: no limit, no delay beyond the default, no force that fails or lies, no coming power loss. */
    public void repair() {
        jobTime(SHORTEST_JOB, LONGEST_JOB);
        slowedBy = Duration.ZERO;
        stall = Duration.ZERO;
        capacity = Long.MAX_VALUE;
        nextForceFails = false;
        forcesLie = false;
        operationsLeft = UNLIMITED;
        crashesThen = false;
    }

    /** Gives it room without end, and lets the next force work: takes back {@link #capacityBytes} and {@link #failNextForce}. */
    public void mend() {
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

    /** Makes each job take longer by a tenth of this, up to this, whatever it takes otherwise. */
    public void slowDown(Duration atMost) {
        slowedBy = atMost;
    }

    /** Lets the next job take that much longer. */
    public void stallNextJob(Duration by) {
        stall = by;
    }

    public long drawJobNanos() {
        long usual = random.between(shortestJob.toNanos(), longestJob.toNanos()) + stall.toNanos();
        stall = Duration.ZERO;
        long most = slowedBy.toNanos();
        return most == 0 ? usual : usual + random.between(most / 10, most);
    }

    /** The job of a process that has just died: some first operations of it happen, or none. */
    void runInPart(SimNode owner, Runnable job) {
        boolean crashesLater = crashesThen;
        int left = operationsLeft;
        int done = random.nextInt(MOST_DONE_OF_A_JOB);
        if (random.chance(0.5)) {
            operationsLeft = done;
            crashesThen = false;
            try {
                owner.simulation().runAs(null, job);
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

    /** Counts an operation that changes the disk: whether the disk or its process dies in the middle of it. */
    private boolean isLast() {
        return operationsLeft != UNLIMITED && --operationsLeft < 0;
    }

    private IOException died(SimVolume volume) {
        operationsLeft = UNLIMITED;
        volume.die();
        if (crashesThen) {
            crashesThen = false;
            node.crash();
        }
        return error("the process died during this operation");
    }

    private IOException error(String text) {
        trace(Trace.Kind.DISK_ERROR, text.hashCode());
        return new IOException(text);
    }

    private void trace(Trace.Kind kind, long detail) {
        node.simulation().trace().record(kind, node, detail);
    }

    private void requireDown(String what) {
        if (node.isUp()) {
            throw new IllegalStateException(
                    "the disk of node " + node.id() + " cannot be " + what + " while its process is up");
        }
    }

    private static Map<String, FileContent> copy(Map<String, FileContent> files) {
        Map<String, FileContent> copy = new TreeMap<>();
        files.forEach((name, content) -> copy.put(name, content.copy()));
        return copy;
    }
}
