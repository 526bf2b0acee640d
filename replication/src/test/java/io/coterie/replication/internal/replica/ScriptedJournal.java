package io.coterie.replication.internal.replica;

import io.coterie.replication.storage.Journal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A journal that becomes durable on demand. */
final class ScriptedJournal implements Journal {
    private final List<Runnable> waiting = new ArrayList<>();
    final List<ByteBuffer> appended = new ArrayList<>();
    List<ByteBuffer> recovered = List.of();
    private long durable;
    boolean refusesMore;
    boolean closed;

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

    void force() {
        durable = appended.size();
        List<Runnable> tasks = List.copyOf(waiting);
        waiting.clear();
        tasks.forEach(Runnable::run);
    }

    /** The next replica is opened with all that was appended so far. */
    void reopened() {
        recovered = List.copyOf(appended);
        recovered.forEach(ByteBuffer::rewind);
    }

    @Override
    public void close() {
        closed = true;
    }
}
