package io.coterie.replication.internal.disk;

import io.coterie.replication.storage.Disk;
import io.coterie.replication.storage.DiskFile;
import io.coterie.replication.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of the real file system, locked, with a thread of its own for jobs. Every open file
 * is locked, too, because the directory's lock is a file that somebody may delete.
 */
public final class NioDisk implements Disk {
    private static final Logger LOG = LoggerFactory.getLogger(NioDisk.class);

    private final Path directory;
    private final DirectoryLock lock;
    private final ExecutorService jobs;
    private final Set<FileChannel> open = ConcurrentHashMap.newKeySet();

    private NioDisk(Path directory, DirectoryLock lock, String owner) {
        this.directory = directory;
        this.lock = lock;
        this.jobs = Executors.newSingleThreadExecutor(job -> {
            Thread thread = new Thread(job, "coterie-storage-" + owner);
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Opens a directory. It and its parents are created if they are missing, for their owner alone.
     *
     * @param owner appears in the name of the thread and in the lock file
     * @throws StorageException if the directory is in use
     */
    public static NioDisk open(Path directory, String owner) throws IOException {
        createDurably(directory);
        OwnFiles.warnIfOpenToAll(directory);
        return new NioDisk(directory, DirectoryLock.take(directory, owner), owner);
    }

    /**
     * Opens a directory that exists, and does not write its user into the lock file.
     *
     * @throws StorageException if the directory is missing or in use
     */
    public static NioDisk openExisting(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new StorageException(
                    directory + " is not a directory: give the directories of the replicas.", false, null);
        }
        return new NioDisk(directory, DirectoryLock.take(directory, null), "repair");
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(DirectoryLock.FILE_NAME))
                    .toList();
        }
    }

    @Override
    public DiskFile open(String name) throws IOException {
        FileChannel channel = OwnFiles.open(directory.resolve(name));
        lock.takeFile(channel, name);
        try {
            // Also for a file that exists: its maker may have crashed before this.
            forceEntries(directory);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        open.add(channel);
        return new NioFile(channel, open);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
        forceEntries(directory);
    }

    @Override
    public void execute(Runnable job) {
        jobs.execute(job);
    }

    @Override
    public void close() {
        jobs.shutdown();
        boolean interrupted = false;
        while (!jobs.isTerminated()) {
            try {
                jobs.awaitTermination(1, TimeUnit.DAYS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        open.forEach(NioDisk::closeQuietly);
        lock.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return directory.toString();
    }

    /**
     * Closes a file that was left open because the journal could not be opened; nothing was written
     * to it.
     */
    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("Cannot close a file that was only read", e);
        }
    }

    static void createDurably(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            createDurably(parent);
        }
        OwnFiles.createDirectory(directory);
        if (parent != null) {
            forceEntries(parent);
        }
    }

    static void forceEntries(Path directory) throws IOException {
        // Other systems have no handle on a directory, and write its entries with the file.
        if (OwnFiles.isPosix(directory)) {
            try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
                entries.force(true);
            }
        }
    }
}
