package io.coterie.replication.internal.journal;

import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.DiskFactory;
import io.coterie.replication.storage.DiskFile;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A disk in memory that outlives its users. It knows what was forced, fails or dies at a chosen
 * operation, and at a power loss keeps any part of what was not forced: writes, and which names
 * there are. Jobs run on demand.
 *
 * <p>An operation is an open, write, force, truncate or delete, and the force of names that an open
 * or delete ends with.
 */
public final class FaultyDisk implements DiskFactory {
    private static final int SECTOR = 512;

    private final Map<String, Content> files = new TreeMap<>();
    /** Names that were made, and files that were deleted, since names were last forced. */
    private final Set<String> made = new TreeSet<>();

    private final Map<String, Content> deleted = new TreeMap<>();
    private final boolean forcesNames;
    private final Deque<Runnable> jobs = new ArrayDeque<>();
    private int operations;
    private int forces;
    private int failAt = -1;
    private String failure = "";
    private boolean lastsForEver;

    public FaultyDisk() {
        this(true);
    }

    private FaultyDisk(boolean forcesNames) {
        this.forcesNames = forcesNames;
    }

    /**
     * One that breaks the contract: whether a file is still there, or still gone, after a power
     * loss is left to chance.
     */
    public static FaultyDisk thatForcesNoNames() {
        return new FaultyDisk(false);
    }

    /** Lets one operation fail, counted from now with 1; those after it work again. */
    void failOnceAt(int operation, String message) {
        failAt = operations + operation;
        failure = message;
        lastsForEver = false;
    }

    /** Lets an operation and all after it fail. */
    public void dieAt(int operation) {
        failOnceAt(operation, "dead");
        lastsForEver = true;
    }

    public boolean isDead() {
        return lastsForEver && failAt >= 0 && operations >= failAt;
    }

    public int operations() {
        return operations;
    }

    int forces() {
        return forces;
    }

    public List<String> names() {
        return List.copyOf(files.keySet());
    }

    /**
     * Ends the faults, and drops jobs that did not run: the process is gone, what it wrote is in
     * the system's cache.
     */
    public void restart() {
        failAt = -1;
        jobs.clear();
    }

    /**
     * The same after a power loss: of each sector that was not forced, the old or the new content
     * stays.
     */
    public void powerLoss(SplittableRandom random) {
        restart();
        made.stream().filter(name -> random.nextBoolean()).forEach(files::remove);
        deleted.forEach((name, content) -> {
            if (random.nextBoolean()) {
                files.putIfAbsent(name, content);
            }
        });
        namesAreForced();
        files.values().forEach(content -> content.lose(random));
    }

    /** Runs the jobs handed over so far; returns whether there was any. */
    public boolean runJobs() {
        boolean any = !jobs.isEmpty();
        while (!jobs.isEmpty()) {
            jobs.remove().run();
        }
        return any;
    }

    @Override
    public Disk open(NodeId self) {
        return new Disk() {
            @Override
            public List<String> list() {
                return new ArrayList<>(files.keySet());
            }

            @Override
            public DiskFile open(String name) throws IOException {
                step();
                File file = new File(files.computeIfAbsent(name, any -> {
                    made.add(name);
                    return new Content();
                }));
                forceNames();
                return file;
            }

            @Override
            public void delete(String name) throws IOException {
                step();
                Content content = files.remove(name);
                if (content != null && !made.remove(name)) {
                    deleted.put(name, content);
                }
                forceNames();
            }

            @Override
            public void execute(Runnable job) {
                jobs.add(job);
            }

            @Override
            public void close() {
                runJobs();
            }

            @Override
            public String toString() {
                return "faulty";
            }
        };
    }

    private void forceNames() throws IOException {
        if (forcesNames) {
            step();
            namesAreForced();
        }
    }

    private void namesAreForced() {
        made.clear();
        deleted.clear();
    }

    private void step() throws IOException {
        operations++;
        if (operations == failAt || isDead()) {
            throw new IOException(failure);
        }
    }

    private final class File implements DiskFile {
        private final Content content;

        private File(Content content) {
            this.content = content;
        }

        @Override
        public long size() {
            return content.now.length;
        }

        @Override
        public void read(long position, ByteBuffer into) {
            int count = (int) Math.max(0, Math.min(into.remaining(), content.now.length - position));
            into.put(content.now, (int) position, count);
        }

        @Override
        public void write(long position, ByteBuffer from) throws IOException {
            boolean wasDead = isDead();
            try {
                step();
            } catch (IOException e) {
                // A write that fails has done a part of its work.
                from.limit(from.position() + from.remaining() / 2);
                if (!wasDead) {
                    content.write((int) position, from);
                }
                throw e;
            }
            content.write((int) position, from);
        }

        @Override
        public void force() throws IOException {
            try {
                step();
            } catch (IOException e) {
                content.failForce();
                throw e;
            }
            forces++;
            content.force();
        }

        @Override
        public void truncate(long size) throws IOException {
            step();
            content.truncate((int) size);
        }

        @Override
        public void close() {}
    }

    private static final class Content {
        private byte[] forced = {};
        private byte[] now = {};
        private final BitSet dirty = new BitSet();

        private void write(int position, ByteBuffer from) {
            int end = position + from.remaining();
            if (now.length < end) {
                dirty.set(now.length, end);
                now = Arrays.copyOf(now, end);
            }
            dirty.set(position, end);
            from.get(now, position, from.remaining());
        }

        private void truncate(int size) {
            if (size < now.length) {
                now = Arrays.copyOf(now, size);
                forced = Arrays.copyOf(forced, Math.min(size, forced.length));
                dirty.clear(size, Math.max(size, dirty.length()));
            }
        }

        private void force() {
            forced = Arrays.copyOf(forced, now.length);
            dirty.stream().forEach(at -> forced[at] = now[at]);
            dirty.clear();
        }

        /**
         * As Linux does: a page that could not be written counts as clean, and no later force tries
         * it again.
         */
        private void failForce() {
            dirty.clear();
        }

        private void lose(SplittableRandom random) {
            int size = random.nextBoolean() ? now.length : forced.length;
            byte[] left = Arrays.copyOf(forced, size);
            for (int sector = 0; sector < size; sector += SECTOR) {
                if (random.nextBoolean()) {
                    int end = Math.min(sector + SECTOR, size);
                    for (int at = dirty.nextSetBit(sector); at >= 0 && at < end; at = dirty.nextSetBit(at + 1)) {
                        left[at] = now[at];
                    }
                }
            }
            now = left;
            forced = left.clone();
            dirty.clear();
        }
    }
}
