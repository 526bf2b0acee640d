package io.coterie.replication.internal.journal;

import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.DiskFile;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.RandomSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * A journal on a disk for a program without a loop: {@link #force} writes, waits until the records
 * are durable, and runs the tasks that waited for them. Any failure ends it with an {@link
 * UncheckedIOException}.
 */
public final class DirectJournal implements Journal {
    private final Disk disk;
    private final JournalWriter writer;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private JournalBatch batch = new JournalBatch();
    private long appended;
    private long durable;
    private boolean compacting;
    private long compactionBegan;

    /**
     * The replica that the directory belongs to, by the header of its first file.
     *
     * @throws StorageException if the directory has no journal
     */
    public static NodeId owner(Disk disk) throws IOException {
        List<String> files = disk.list();
        String first = SegmentHeader.fileName(JournalStart.of(files));
        if (!files.contains(first)) {
            throw new StorageException(
                    "there is no journal in " + disk + ": the file " + first
                            + " is missing. Name the directories that were given to Storage.directory; for a lost"
                            + " directory, give --without and the name of its replica.",
                    false,
                    null);
        }
        try (DiskFile file = disk.open(first)) {
            ByteBuffer block = ByteBuffer.allocate(SegmentHeader.BYTES);
            file.read(0, block);
            SegmentHeader header = SegmentHeader.decode(block.flip());
            if (header == null) {
                throw new StorageException(
                        first + " in " + disk
                                + " does not begin with the header of a journal: it is damaged, or another version wrote it."
                                + " Start the replica once; its error reports which, and what to do.",
                        false,
                        null);
            }
            return header.self();
        }
    }

    /**
     * Reads the journal of a replica to its end, and changes nothing.
     *
     * @param recovered gets each record
     */
    public static void read(
            Disk disk, NodeId self, int segmentBytes, RandomSource random, Consumer<ByteBuffer> recovered)
            throws IOException {
        open(new UnwrittenDisk(disk), self, segmentBytes, random, recovered).close();
    }

    /**
     * Reads the journal of a replica to its end, to write to it from there.
     *
     * @param recovered gets each record
     */
    public static DirectJournal open(
            Disk disk, NodeId self, int segmentBytes, RandomSource random, Consumer<ByteBuffer> recovered)
            throws IOException {
        return new DirectJournal(disk, new JournalRecovery(disk, self, recovered).recover(segmentBytes, random));
    }

    private DirectJournal(Disk disk, JournalWriter writer) {
        this.disk = disk;
        this.writer = writer;
    }

    @Override
    public long append(ByteBuffer record) {
        if (!batch.takes(record)) {
            write();
        }
        appended++;
        batch.add(record, appended);
        return appended;
    }

    @Override
    public void whenDurable(long position, Runnable task) {
        waiting.add(task);
    }

    /**
     * Makes all appended records durable, and runs the tasks that wait for them, until none is
     * left.
     */
    public void force() {
        write();
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            next.run();
            write();
        }
    }

    /**
     * Replaces the content of the journal by what a compaction writes. The change is durable when
     * this returns; before that, nothing has changed.
     *
     * @param compaction begins at a position, and continues when the records that it wrote are
     *     durable
     */
    public void replaceBy(LongConsumer compaction) {
        compacting = true;
        compaction.accept(appended);
        force();
    }

    @Override
    public boolean isWorthCompacting(long liveBytes) {
        return compacting;
    }

    @Override
    public void beginCompaction() {
        write();
        try {
            compactionBegan = writer.cut();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void endCompaction() {
        try {
            List<String> superseded = writer.beginWith(compactionBegan);
            for (String file : superseded) {
                disk.delete(file);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void write() {
        if (durable == appended) {
            return;
        }
        try {
            batch.writeTo(writer);
        } catch (IOException e) {
            throw failed(e);
        }
        durable = appended;
        batch = batch.recycle() ? batch : new JournalBatch();
    }

    private UncheckedIOException failed(IOException e) {
        return new UncheckedIOException("writing to " + writer.place() + " failed: " + e.getMessage(), e);
    }

    /** Closes the file. Records that were not forced are lost. */
    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
