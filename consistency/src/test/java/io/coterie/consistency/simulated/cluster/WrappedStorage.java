package io.coterie.consistency.simulated.cluster;

import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A storage with another journal on top of its own. */
public record WrappedStorage(Storage correct, Wrapping wrapping) implements Storage {
    /**
     * Puts a journal on top of one that was opened in that world, and has reported to its reader
     * what it had.
     */
    public interface Wrapping {
        Journal wrap(Journal opened, World world, Consumer<ByteBuffer> reader);
    }

    @Override
    public Journal open(
            NodeId self, World world, Consumer<ByteBuffer> recovered, Consumer<StorageException> onFailure) {
        return wrapping.wrap(correct.open(self, world, recovered, onFailure), world, recovered);
    }

    @Override
    public boolean survivesRestart() {
        return correct.survivesRestart();
    }
}
