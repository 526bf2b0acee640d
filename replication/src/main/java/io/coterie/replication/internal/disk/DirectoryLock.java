package io.coterie.replication.internal.disk;

import io.coterie.replication.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reserves a directory for one user at a time, among processes and within this one. A lock ends
 * with its process, even if that crashes. The file stays, and names its last holder.
 *
 * <p>Somebody may delete that file while it is locked, and a second process then locks a new file
 * of the same name. So each open file of the directory is locked as well: a process that finds one
 * locked is refused.
 */
final class DirectoryLock {
    static final String FILE_NAME = "lock";

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);
    private static final int MAX_TEXT_BYTES = 256;

    /**
     * Far behind the content of any file: some systems prevent others from reading locked bytes.
     */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    /**
     * The directories that this process holds. It is checked before the lock file is opened: POSIX
     * releases all locks of a process on a file as soon as the process closes any handle on it.
     */
    private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final Object key;
    private final FileChannel channel;

    private DirectoryLock(Path directory, Object key, FileChannel channel) {
        this.directory = directory;
        this.key = key;
        this.channel = channel;
    }

    /**
     * @param owner is written to the lock's file; null for a user that changes nothing
     */
    static DirectoryLock take(Path directory, @Nullable String owner) throws IOException {
        Object key = identity(directory);
        if (!HELD.add(key)) {
            throw inUse(
                    directory,
                    "already in this process (pid " + ProcessHandle.current().pid() + ")");
        }
        boolean taken = false;
        try {
            FileChannel channel = lock(directory, owner);
            taken = true;
            return new DirectoryLock(directory, key, channel);
        } finally {
            if (!taken) {
                HELD.remove(key);
            }
        }
    }

    /**
     * Locks a file of the directory until its channel is closed. This process must have no other
     * open channel on that file: to close it would release the lock.
     *
     * @throws StorageException if it is locked; the channel is then closed, unless that would
     *     release another lock
     */
    void takeFile(FileChannel file, String name) throws IOException {
        FileLock taken;
        try {
            taken = file.tryLock(LOCKED_BYTE, 1, false);
        } catch (OverlappingFileLockException e) {
            throw inUse(directory, "already in this process, which has " + name + " open");
        } catch (IOException e) {
            file.close();
            throw e;
        }
        if (taken == null) {
            file.close();
            throw inUse(
                    directory,
                    "by another process, which has " + name + " open, although it no longer locks the file \""
                            + FILE_NAME + "\": that file was deleted or replaced");
        }
    }

    /** Releases the lock. A second call does nothing. */
    void close() {
        try {
            if (channel.isOpen()) {
                channel.close();
                HELD.remove(key);
            }
        } catch (IOException e) {
            LOG.warn("Cannot release the lock of {}; it ends with this process at the latest", directory, e);
        }
    }

    private static FileChannel lock(Path directory, @Nullable String owner) throws IOException {
        FileChannel channel = OwnFiles.open(directory.resolve(FILE_NAME));
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another copy of this class holds it. The channel stays open: to close it would
            // release that lock.
            throw inUse(directory, "already in this process, by another class loader");
        }
        if (lock == null) {
            String holder = readOwner(channel);
            channel.close();
            throw inUse(directory, "by another process (" + holder + ")");
        }
        try {
            if (owner != null) {
                writeOwner(channel, owner);
            }
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return channel;
    }

    private static void writeOwner(FileChannel channel, String owner) throws IOException {
        String text = "pid " + ProcessHandle.current().pid() + ", replica " + owner;
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
    }

    private static String readOwner(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(MAX_TEXT_BYTES);
        channel.read(text, 0);
        return StandardCharsets.UTF_8.decode(text.flip()).toString();
    }

    private static StorageException inUse(Path directory, String by) {
        return new StorageException(
                "directory " + directory + " is in use " + by
                        + ". A directory belongs to one replica at a time: stop the other user, or choose another directory.",
                false,
                null);
    }

    private static Object identity(Path directory) throws IOException {
        Object fileKey =
                Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
        return fileKey != null ? fileKey : directory.toRealPath();
    }
}
