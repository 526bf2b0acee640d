package io.coterie.replication.internal.journal;

import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.util.List;

/**
 * An empty file {@code unfinished-founding} in a directory that a new cluster is founded in: it
 * does not have all records yet, so no replica may start with it. It is made before anything else,
 * and goes when all is durable.
 */
public final class FoundingMark {
    private static final String NAME = "unfinished-founding";

    private FoundingMark() {}

    public static boolean isIn(List<String> files) {
        return files.contains(NAME);
    }

    public static void make(Disk disk) throws IOException {
        disk.open(NAME).close();
    }

    public static void remove(Disk disk) throws IOException {
        disk.delete(NAME);
    }

    /** Refuses a start with a part of the records. */
    static void requireNone(Disk disk, NodeId self) throws IOException {
        if (isIn(disk.list())) {
            throw new StorageException(
                    "the founding of a new cluster in " + disk + " was not finished, so it has a part of the records"
                            + " only, and replica " + self
                            + " must not start with it. Delete all that is in it, and run"
                            + " io.coterie.Backup again",
                    false,
                    null);
        }
    }
}
