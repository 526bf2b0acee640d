package io.coterie.consistency.simulated.cluster;

import io.coterie.replication.storage.Journal;
import java.nio.ByteBuffer;

/** A journal on top of another, which does all that is not overridden: compaction as well. */
public class WrappedJournal implements Journal {
    private final Journal correct;

    public WrappedJournal(Journal correct) {
        this.correct = correct;
    }

    @Override
    public long append(ByteBuffer record) {
        return correct.append(record);
    }

    @Override
    public boolean keepsRecords() {
        return correct.keepsRecords();
    }

    @Override
    public void whenDurable(long position, Runnable task) {
        correct.whenDurable(position, task);
    }

    @Override
    public boolean isWorthCompacting(long liveBytes) {
        return correct.isWorthCompacting(liveBytes);
    }

    @Override
    public void beginCompaction() {
        correct.beginCompaction();
    }

    @Override
    public void endCompaction() {
        correct.endCompaction();
    }

    @Override
    public void close() {
        correct.close();
    }
}
