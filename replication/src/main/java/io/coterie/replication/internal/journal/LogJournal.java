package io.coterie.replication.internal.journal;

import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.spi.World;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A journal on a disk, with group commit: while one batch is written and forced, appended records
 * form the next one. So batches grow with load, and no record waits for others.
 *
 * <p>A batch is written only after the force of the one before it succeeded: recovery depends on
 * that, see {@link JournalRecovery}. After a failure, and after its close, the journal accepts
 * records but never makes them durable.
 */
final class LogJournal implements Journal {
    /**
     * How large the journal may get, as a multiple of the records that still count. At twice their
     * size, half of all writes are for compaction.
     */
    private static final int COMPACT_ABOVE = 2;

    private final World world;
    private final Disk disk;
    private final JournalWriter writer;
    private final long minCompactedBytes;
    private final Consumer<StorageException> onFailure;
    private final Deque<JournalBatch> waiting = new ArrayDeque<>();
    private final PriorityQueue<Waiter> waiters = new PriorityQueue<>();

    /** Made in advance: it may be needed when memory is exhausted. */
    private final Runnable onDiskFailure = this::onDiskFailure;

    private volatile @Nullable Throwable failureOfDisk;
    private @Nullable JournalBatch spare;
    private long appended;
    private long durable;
    private long waitersSeen;
    private boolean writing;
    private boolean closed;
    private boolean failed;

    /** The bytes of all records, except those in superseded files. */
    private long size;

    private long sizeBeforeCompaction;

    /** Used by jobs of the disk only. */
    private long compactionBegan;

    /**
     * A journal.
     *
     * @param size the bytes that the journal has already
     * @param minCompactedBytes the size below which it is not compacted
     */
    LogJournal(
            World world,
            Disk disk,
            JournalWriter writer,
            long size,
            long minCompactedBytes,
            Consumer<StorageException> onFailure) {
        this.world = world;
        this.disk = disk;
        this.writer = writer;
        this.size = size;
        this.minCompactedBytes = minCompactedBytes;
        this.onFailure = onFailure;
    }

    @Override
    public long append(ByteBuffer record) {
        if (record.remaining() > FrameHeader.MAX_RECORD_BYTES) {
            throw new IllegalArgumentException("a record of " + record.remaining() + " bytes exceeds the limit of "
                    + FrameHeader.MAX_RECORD_BYTES);
        }
        appended++;
        if (!closed && !failed) {
            size += record.remaining();
            batchFor(record).add(record, appended);
            if (!writing) {
                writing = true;
                // At the end of the loop's turn, so that all records of the turn share one force.
                world.scheduler().execute(this::writeNext);
            }
        }
        return appended;
    }

    @Override
    public void whenDurable(long position, Runnable task) {
        if (position > appended) {
            throw new IllegalArgumentException(
                    "position " + position + " is higher than the last record's, " + appended);
        }
        Waiter first = waiters.peek();
        if (position <= durable && (first == null || first.position > position)) {
            task.run();
        } else if (!failed) {
            waiters.add(new Waiter(position, waitersSeen++, task));
        }
    }

    @Override
    public boolean isWorthCompacting(long liveBytes) {
        return size > minCompactedBytes && size > COMPACT_ABOVE * liveBytes;
    }

    @Override
    public void beginCompaction() {
        sizeBeforeCompaction = size;
        run(() -> compactionBegan = writer.cut());
    }

    @Override
    public void endCompaction() {
        size -= sizeBeforeCompaction;
        run(() -> {
            List<String> superseded = writer.beginWith(compactionBegan);
            world.scheduler().execute(() -> delete(superseded.iterator()));
        });
    }

    /**
     * Deletes one file at a time, so that batches are written in between. The next start deletes
     * the files that are left at the end of the process.
     */
    private void delete(Iterator<String> files) {
        if (files.hasNext()) {
            String file = files.next();
            run(() -> {
                disk.delete(file);
                world.scheduler().execute(() -> delete(files));
            });
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        while (!waiting.isEmpty()) {
            handOver(waiting.remove());
        }
        disk.execute(() -> {
            try {
                writer.close();
            } catch (IOException e) {
                failureOfDisk = e;
                world.scheduler().execute(onDiskFailure);
            }
        });
        disk.close();
    }

    private JournalBatch batchFor(ByteBuffer record) {
        JournalBatch last = waiting.peekLast();
        if (last == null || !last.takes(record)) {
            last = spare == null ? new JournalBatch() : spare;
            spare = null;
            waiting.add(last);
        }
        return last;
    }

    private void writeNext() {
        JournalBatch next = waiting.poll();
        writing = next != null;
        if (next != null) {
            handOver(next);
        }
    }

    private void handOver(JournalBatch batch) {
        onDisk(() -> {
            batch.writeTo(writer);
            world.scheduler().execute(() -> written(batch));
        });
    }

    private interface DiskJob {
        void run() throws IOException;
    }

    /** Hands a job to the disk, unless this journal no longer writes. */
    private void run(DiskJob job) {
        if (!closed && !failed) {
            onDisk(job);
        }
    }

    private void onDisk(DiskJob job) {
        disk.execute(() -> {
            try {
                job.run();
            } catch (Throwable e) {
                failureOfDisk = e;
                world.scheduler().execute(onDiskFailure);
            }
        });
    }

    private void written(JournalBatch batch) {
        durable = batch.lastPosition();
        spare = batch.recycle() ? batch : null;
        try {
            runDue();
        } finally {
            writeNext();
        }
    }

    private void runDue() {
        try {
            for (Waiter next = waiters.peek(); next != null && next.position <= durable; next = waiters.peek()) {
                waiters.remove();
                next.task.run();
            }
        } catch (RuntimeException | Error e) {
            // The loop reports it; the other tasks must run nevertheless.
            world.scheduler().execute(this::runDue);
            throw e;
        }
    }

    private StorageException failure(Throwable cause) {
        return new StorageException(
                "writing to " + writer.place() + " failed: " + cause
                        + ". All acknowledged records are in the journal; it accepts no more. If the disk is full, free"
                        + " space; if it is failing, move the directory unchanged to another disk. Then restart the replica.",
                true,
                cause);
    }

    private void onDiskFailure() {
        Throwable cause = failureOfDisk;
        if (!failed && cause != null) {
            failed = true;
            waiting.clear();
            waiters.clear();
            onFailure.accept(failure(cause));
        }
    }

    /** A task that waits; ordered by position, then by arrival. */
    private record Waiter(long position, long order, Runnable task) implements Comparable<Waiter> {
        @Override
        public int compareTo(Waiter other) {
            int byPosition = Long.compare(position, other.position);
            return byPosition != 0 ? byPosition : Long.compare(order, other.order);
        }
    }
}
