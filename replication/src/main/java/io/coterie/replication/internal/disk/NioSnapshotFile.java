package io.coterie.replication.internal.disk;

import io.coterie.replication.internal.snapshot.SnapshotFile;
import io.coterie.replication.storage.DiskFile;
import io.coterie.replication.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a snapshot on the real file system, with a thread of its own for jobs. Until it is
 * complete its name ends with {@code .part}: the end of the process may leave such a file, which is
 * of no use.
 */
public final class NioSnapshotFile implements SnapshotFile {
    private static final Logger LOG = LoggerFactory.getLogger(NioSnapshotFile.class);

    private final Path name;
    private final Path part;
    private final FileChannel channel;
    private final DiskFile content;
    private final ExecutorService jobs;
    private final AtomicBoolean closed = new AtomicBoolean();
    private boolean complete;

    private NioSnapshotFile(Path name, Path part, FileChannel channel) {
        this.name = name;
        this.part = part;
        this.channel = channel;
        this.content = new NioFile(channel, new HashSet<>());
        this.jobs = Executors.newSingleThreadExecutor(job -> {
            Thread thread = new Thread(job, "coterie-snapshot-" + name.getFileName());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Makes the file, for its owner alone. Its folder is created if it is missing.
     *
     * @throws StorageException if there is such a file already, or it cannot be made
     */
    public static NioSnapshotFile create(Path file) {
        Path name = file.toAbsolutePath().normalize();
        Path folder = name.getParent();
        Path last = name.getFileName();
        if (folder == null || last == null) {
            throw new StorageException(name + " is no name for a snapshot: give that of a file", false, null);
        }
        Path part = folder.resolve(last + ".part");
        try {
            NioDisk.createDurably(folder);
            requireFree(name);
            return new NioSnapshotFile(name, part, OwnFiles.create(part));
        } catch (FileAlreadyExistsException e) {
            throw new StorageException(
                    e.getFile() + " exists already, and nothing is overwritten: give another path"
                            + (part.toString().equals(e.getFile())
                                    ? ", or delete it if no snapshot is being written there"
                                    : ""),
                    false,
                    e);
        } catch (IOException e) {
            throw new StorageException(
                    "the snapshot " + name + " cannot be made: " + e + ". Check the path and its permissions",
                    false,
                    e);
        }
    }

    private static void requireFree(Path name) throws FileAlreadyExistsException {
        if (Files.exists(name, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(name.toString());
        }
    }

    @Override
    public DiskFile content() {
        return content;
    }

    @Override
    public void execute(Runnable job) {
        try {
            jobs.execute(job);
        } catch (RejectedExecutionException e) {
            LOG.debug("A job came after the end of the snapshot {}", name, e);
        }
    }

    @Override
    public void complete() throws IOException {
        requireFree(name);
        Files.move(part, name, StandardCopyOption.ATOMIC_MOVE);
        complete = true;
        Path folder = name.getParent();
        if (folder != null) {
            NioDisk.forceEntries(folder);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            jobs.execute(this::release);
            jobs.shutdown();
        }
    }

    private void release() {
        try {
            channel.close();
            if (!complete) {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            LOG.warn("Cannot delete {}, which is of no use: delete it", part, e);
        }
    }

    @Override
    public String toString() {
        return name.toString();
    }
}
