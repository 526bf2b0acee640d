package io.coterie.replication;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A journal on a disk for a program without a loop: {@link #flush} writes, waits until that is durable, and runs what
 * waited for it. Any failure ends it, as an {@link UncheckedIOException}.
 */
final class DirectJournal implements Journal {
    private final Disk disk;
    private final JournalWriter writer;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private JournalBatch batch = new JournalBatch();
    private long appended;
    private long durable;
    private boolean compacting;
    private long compactionBegan;

    /** A journal that was read to its end. */
    DirectJournal(Disk disk, JournalWriter writer) {
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

    /** Makes durable all that was appended, and runs what waits for that, until nothing is left to do. */
    void flush() {
        write();
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            next.run();
            write();
        }
    }

    /**
     * Puts these tables in the place of all that the journal holds: it is durable when this returns, and before that
     * nothing has changed.
     */
    void replaceBy(ReplicaTables tables, JournalEntries entries) {
        compacting = true;
        new Compaction(this, tables, entries, entry -> append(entry.get())).appended(appended);
        flush();
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

    /** Frees the file. What was not flushed is lost. */
    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
