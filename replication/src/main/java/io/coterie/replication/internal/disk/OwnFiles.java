package io.coterie.replication.internal.disk;

import io.coterie.replication.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Directories and files that only their owner may read and write, whatever the umask is. On a file
 * system without POSIX permissions they get its default permissions.
 */
final class OwnFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OwnFiles.class);

    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

    private OwnFiles() {}

    static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** Creates a directory whose parent exists. Does nothing if it exists by now. */
    static void createDirectory(Path directory) throws IOException {
        if (isPosix(directory)) {
            Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(DIRECTORY));
        } else {
            Files.createDirectories(directory);
        }
    }

    /**
     * Opens a file for reading and writing, and creates it if it is missing. Refuses a link, which
     * may lead anywhere.
     */
    static FileChannel open(Path file) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new StorageException(
                    file
                            + " is a link, or something else than a regular file, and is not opened. Somebody put it there:"
                            + " find out who can write to the directory, then delete it.",
                    false,
                    null);
        }
        return open(file, StandardOpenOption.CREATE);
    }

    /**
     * Creates a file, for reading and writing.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is one of that name
     */
    static FileChannel create(Path file) throws IOException {
        return open(file, StandardOpenOption.CREATE_NEW);
    }

    private static FileChannel open(Path file, OpenOption creation) throws IOException {
        Set<OpenOption> options =
                Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, creation, LinkOption.NOFOLLOW_LINKS);
        FileAttribute<?>[] attributes = isPosix(file)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(FILE)}
                : new FileAttribute<?>[0];
        return FileChannel.open(file, options, attributes);
    }

    /**
     * Logs a warning if every user of the machine can write to the directory, and so could replace
     * its files.
     */
    static void warnIfOpenToAll(Path directory) throws IOException {
        if (isPosix(directory) && Files.getPosixFilePermissions(directory).contains(PosixFilePermission.OTHERS_WRITE)) {
            LOG.warn(
                    "Every user of this machine can write to {}, and could replace or delete the replica's files; run"
                            + " \"chmod o-w\" on it",
                    directory);
        }
    }
}
