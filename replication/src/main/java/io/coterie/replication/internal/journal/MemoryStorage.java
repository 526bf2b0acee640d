package io.coterie.replication.internal.journal;

import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Storage without a journal: the records are in the replica's tables alone. */
public final class MemoryStorage implements Storage {
    @Override
    public Journal open(
            NodeId self, World world, Consumer<ByteBuffer> recovered, Consumer<StorageException> onFailure) {
        return new MemoryJournal();
    }

    @Override
    public boolean survivesRestart() {
        return false;
    }

    @Override
    public String toString() {
        return "memory";
    }

    private static final class MemoryJournal implements Journal {
        private long position;

        @Override
        public long append(ByteBuffer record) {
            return ++position;
        }

        @Override
        public boolean keepsRecords() {
            return false;
        }

        @Override
        public void whenDurable(long upTo, Runnable task) {
            task.run();
        }

        @Override
        public void close() {}
    }
}
