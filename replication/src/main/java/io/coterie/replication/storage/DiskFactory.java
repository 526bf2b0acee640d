package io.coterie.replication.storage;

import io.coterie.rpc.NodeId;
import java.io.IOException;

/**
 * Opens the disk of a replica, once at each start of the replica: a journal's way to a disk of
 * one's own.
 */
@FunctionalInterface
public interface DiskFactory {
    /**
     * Opens the disk. The journal closes it, also when opening the journal fails.
     *
     * @param self whose disk it is; no other replica may use it at the same time
     * @throws StorageException if the disk is in use
     * @throws IOException if the disk cannot be reached
     */
    Disk open(NodeId self) throws IOException;
}
