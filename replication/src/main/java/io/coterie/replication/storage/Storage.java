package io.coterie.replication.storage;

import io.coterie.replication.internal.disk.NioDisk;
import io.coterie.replication.internal.disk.NioKeyFiles;
import io.coterie.replication.internal.journal.DiskStorage;
import io.coterie.replication.internal.journal.MemoryStorage;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.KeyFiles;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a replica keeps its records: promises and accepted states, which it must never forget. A
 * storage is a choice that is made in the builder; the replica opens it once at each of its starts.
 */
public interface Storage {
    /**
     * Opens the journal of a replica, and reads back all durable records. Blocks while it reads. To
     * be called on the loop, or before the loop runs anything else, because it uses the world's
     * random numbers.
     *
     * @param self the replica that the journal belongs to; the journal of another replica is
     *     refused
     * @param world the replica's world
     * @param recovered gets each record in the order of writing, before this returns; a buffer is
     *     valid during the call only
     * @param onFailure called once, on the loop, when a write or force has failed: from then on
     *     nothing more becomes durable, and the replica must stop answering
     * @throws StorageException if the journal is in use, damaged, or another replica's
     */
    Journal open(NodeId self, World world, Consumer<ByteBuffer> recovered, Consumer<StorageException> onFailure);

    /** Whether acknowledged records survive the end of the process. */
    boolean survivesRestart();

    /**
     * Where the replica keeps the key by which it proves its name to the others. Null if the
     * storage has no place for it: the replica then makes a new key at each start. By default null.
     */
    default @Nullable KeyFiles keyFiles() {
        return null;
    }

    /** Keeps everything in memory: the end of the process loses it. */
    static Storage memory() {
        return new MemoryStorage();
    }

    /**
     * Keeps a journal in a directory, which belongs to one replica alone. Acknowledged records
     * survive a loss of power. Opening it costs a read of the whole journal.
     *
     * <p>The journal grows in files of 64 MiB. When it has at least 128 MiB, and twice the size of
     * the records that still count, those are appended again, in small pieces between other writes,
     * and the old files are deleted. The next start removes a write that a crash cut short. Damage
     * anywhere else prevents the start, because a replica that silently forgot a promise would
     * break its cluster. Never restore an older copy of a directory: that forgets promises, too.
     * The other replicas notice a copy from before the replica's last start. The replica then does
     * not vote until it has the records of a majority of the others.
     *
     * @param directory created if it is missing, with its parents; locked against a second use
     *     while it is open. On a POSIX file system, only its owner has access to what is created
     *     (modes 0700 and 0600), whatever the umask is
     */
    static Storage directory(Path directory) {
        Path absolute = directory.toAbsolutePath().normalize();
        return new DiskStorage(
                self -> NioDisk.open(absolute, self.name()), "directory " + absolute, new NioKeyFiles(absolute));
    }

    /**
     * Keeps a journal on a disk of the caller's own, with the format and the promises of {@link
     * #directory}. The promises hold as far as that disk keeps the contracts of {@link Disk} and
     * {@link DiskFile}.
     */
    static Storage on(DiskFactory disks) {
        return new DiskStorage(disks, "disk " + disks);
    }

    /**
     * Keeps a journal on a disk of the caller's own, in files of another size.
     *
     * @param segmentBytes roughly how large a file gets, in bytes; 8 KiB or more, default 64 MiB.
     *     The first compaction comes at twice that size
     * @throws IllegalArgumentException if it is below 8 KiB
     */
    static Storage on(DiskFactory disks, int segmentBytes) {
        if (segmentBytes < 8 << 10) {
            throw new IllegalArgumentException("segmentBytes " + segmentBytes + " is below 8 KiB");
        }
        return new DiskStorage(disks, "disk " + disks, segmentBytes);
    }
}
