package io.coterie.replication.internal.replica;

import io.coterie.replication.storage.Journal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A journal that becomes durable on demand, and is compacted on demand. */
final class ScriptedJournal implements Journal {
    private final List<Runnable> waiting = new ArrayList<>();
    final List<ByteBuffer> appended = new ArrayList<>();
    List<ByteBuffer> recovered = List.of();
    private long durable;
    boolean refusesMore;
    boolean closed;

    /** Whether a compaction begins after the next entry. */
    boolean compacts;

    int compactions;
    private int compactedFrom;
    private int first;

    @Override
    public long append(ByteBuffer record) {
        if (refusesMore) {
            throw new IllegalStateException("no more");
        }
        appended.add(ByteBuffer.allocate(record.remaining()).put(record).flip());
        return appended.size();
    }

    @Override
    public void whenDurable(long position, Runnable task) {
        if (position <= durable) {
            task.run();
        } else {
            waiting.add(task);
        }
    }

    /** As if nothing had ever been appended. */
    void forget() {
        appended.clear();
        waiting.clear();
        recovered = List.of();
        durable = 0;
        first = 0;
        compactions = 0;
    }

    void force() {
        durable = appended.size();
        List<Runnable> tasks = List.copyOf(waiting);
        waiting.clear();
        tasks.forEach(Runnable::run);
    }

    /** The next replica is opened with all that was appended so far. */
    void reopened() {
        recovered = List.copyOf(appended.subList(first, appended.size()));
        recovered.forEach(ByteBuffer::rewind);
    }

    @Override
    public boolean isWorthCompacting(long liveBytes) {
        return compacts;
    }

    @Override
    public void beginCompaction() {
        compacts = false;
        compactedFrom = appended.size();
    }

    @Override
    public void endCompaction() {
        first = compactedFrom;
        compactions++;
    }

    @Override
    public void close() {
        closed = true;
    }
}
