package io.coterie.replication;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.World;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Where a replica keeps what it must not forget: a choice made in the builder, opened once by the replica that it is
 * given to.
 */
public interface Storage {
    /**
     * Opens the journal of a replica and reads back all that was durable in it.
     *
     * @param self whose journal it is; a journal of another replica is refused
     * @param world the replica's world
     * @param recovered gets each record in the order of its writing, before this method returns; the buffer is valid during
     *     the call only
     * @param onFailure told once, on the loop, when a write or force failed: from then on nothing more becomes durable, and
     *     the replica must stop answering
     * @throws StorageException if the journal is in use, damaged, or another replica's
     */
    Journal open(NodeId self, World world, Consumer<ByteBuffer> recovered, Consumer<StorageException> onFailure);

    /** Whether what is acknowledged survives the end of the process. */
    boolean survivesRestart();

    /** Keeps everything in memory: all is gone with the process. */
    static Storage memory() {
        return new MemoryStorage();
    }
}
