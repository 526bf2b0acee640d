package io.coterie.replication.internal.disk;

import io.coterie.replication.storage.DiskFile;
import io.coterie.replication.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;

/** Opens files of the real file system that are only read, such as snapshots. */
public final class ReadOnlyFile {
    private ReadOnlyFile() {}

    /**
     * Opens a file. A write to it fails.
     *
     * @throws StorageException if there is no such file
     */
    public static DiskFile open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new StorageException(file + " is no file: give that of a snapshot", false, null);
        }
        return new NioFile(FileChannel.open(file, StandardOpenOption.READ), new HashSet<>());
    }
}
