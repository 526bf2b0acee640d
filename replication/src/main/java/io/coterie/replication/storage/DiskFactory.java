package io.coterie.replication.storage;

import io.coterie.rpc.node.NodeId;
import java.io.IOException;

/**
 * Opens the disk of a replica, once at each start of the replica. To keep journals on a disk of
 * one's own, implement this and give it to {@link Storage#on(DiskFactory)}.
 */
@FunctionalInterface
public interface DiskFactory {
    /**
     * Opens the disk. The journal closes it, also when the journal itself cannot be opened.
     *
     * @param self the replica that the disk belongs to; no other replica may use it at the same
     *     time
     * @throws StorageException if the disk is in use
     * @throws IOException if the disk cannot be reached
     */
    Disk open(NodeId self) throws IOException;
}
