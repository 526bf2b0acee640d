package io.coterie.replication.storage;

import io.coterie.replication.internal.disk.NioDisk;
import io.coterie.replication.internal.disk.NioKeyFiles;
import io.coterie.replication.internal.journal.DiskStorage;
import io.coterie.replication.internal.journal.MemoryStorage;
import io.coterie.rpc.KeyFiles;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.World;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a replica keeps what it must not forget: a choice made in the builder, opened once by the
 * replica that it is given to, at each of its starts.
 */
public interface Storage {
    /**
     * Opens the journal of a replica and reads back all that was durable in it. Blocks while it
     * reads. To be called on the loop, or before the loop runs anything else, as it draws from the
     * world's chance.
     *
     * @param self whose journal it is; a journal of another replica is refused
     * @param world the replica's world
     * @param recovered gets each record in the order of its writing, before this method returns;
     *     the buffer is valid during the call only
     * @param onFailure told once, on the loop, when a write or force failed: from then on nothing
     *     more becomes durable, and the replica must stop answering
     * @throws StorageException if the journal is in use, damaged, or another replica's
     */
    Journal open(NodeId self, World world, Consumer<ByteBuffer> recovered, Consumer<StorageException> onFailure);

    /** Whether what is acknowledged survives the end of the process. */
    boolean survivesRestart();

    /**
     * Where the replica keeps the key by which it proves its name to the others, beside what it
     * must not forget; null where it has no place for that, and the replica draws a new key at each
     * start. By default null.
     */
    default @Nullable KeyFiles keyFiles() {
        return null;
    }

    /** Keeps everything in memory: all is gone with the process. */
    static Storage memory() {
        return new MemoryStorage();
    }

    /**
     * Keeps a journal in a directory, which belongs to one replica alone: what is acknowledged
     * survives power loss. Opening it costs a read of the whole journal.
     *
     * <p>The journal grows in files of 64 MiB. When it has grown to 128 MiB or more, and to twice
     * of what still counts, that is written again behind it, in small pieces beside other writes,
     * and the old files are deleted. A write cut short by a crash is cut off at the next start;
     * damage anywhere else refuses the start, as a replica that silently forgot a promise would
     * break its cluster. Never put an older copy of a directory back: that forgets promises, too.
     * The other replicas notice it if it is from before the replica's last start, and then it does
     * not vote.
     *
     * @param directory made if it is missing, with its parents; locked against a second use while
     *     it is open. On a POSIX file system what is made belongs to its owner alone (modes 0700
     *     and 0600), whatever the umask is
     */
    static Storage directory(Path directory) {
        Path absolute = directory.toAbsolutePath().normalize();
        return new DiskStorage(
                self -> NioDisk.open(absolute, self.name()), "directory " + absolute, new NioKeyFiles(absolute));
    }

    /**
     * Keeps a journal, in the same format and with the same promises as {@link #directory}, on a
     * disk of the caller's own. The promises hold as far as that disk keeps the contracts of {@link
     * Disk} and {@link DiskFile}.
     */
    static Storage on(DiskFactory disks) {
        return new DiskStorage(disks, "disk " + disks);
    }

    /**
     * The same with files of another size.
     *
     * @param segmentBytes how large a file gets, roughly, 8 KiB or more; 64 MiB by default. With
     *     twice as much the journal is first compacted
     */
    static Storage on(DiskFactory disks, int segmentBytes) {
        if (segmentBytes < 8 << 10) {
            throw new IllegalArgumentException("segmentBytes " + segmentBytes + " is below 8 KiB");
        }
        return new DiskStorage(disks, "disk " + disks, segmentBytes);
    }
}
