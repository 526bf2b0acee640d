package io.coterie.replication.internal.disk;

import io.coterie.rpc.spi.KeyFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * A replica's key files, in the directory of its journal. They are used before the journal is
 * opened and the directory locked: of two processes that start on one directory, only one
 * continues.
 */
public final class NioKeyFiles implements KeyFiles {
    private final Path directory;

    public NioKeyFiles(Path directory) {
        this.directory = directory;
    }

    @Override
    public byte @Nullable [] read(String name, int maxBytes) throws IOException {
        Path file = directory.resolve(name);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        try (FileChannel channel = OwnFiles.open(file)) {
            if (channel.size() > maxBytes) {
                throw new IOException(
                        file + " has " + channel.size() + " bytes, but a key file has at most " + maxBytes);
            }
            ByteBuffer content = ByteBuffer.allocate((int) channel.size());
            while (content.hasRemaining() && channel.read(content) >= 0) {
                // Until the buffer is full, or the file has become shorter.
            }
            byte[] read = new byte[content.flip().remaining()];
            content.get(read);
            return read;
        }
    }

    @Override
    public void replace(String name, byte[] content) throws IOException {
        NioDisk.createDurably(directory);
        Path written = directory.resolve(name + ".new");
        try (FileChannel channel = OwnFiles.open(written)) {
            channel.truncate(0);
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
        Files.move(
                written, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        NioDisk.forceEntries(directory);
    }

    @Override
    public String where(String name) {
        return directory.resolve(name).toString();
    }
}
