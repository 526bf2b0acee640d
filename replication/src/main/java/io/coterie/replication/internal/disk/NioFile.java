package io.coterie.replication.internal.disk;

import io.coterie.replication.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Set;

/** A file of the real file system. */
final class NioFile implements DiskFile {
    private final FileChannel channel;
    private final Set<FileChannel> open;

    /**
     * A file.
     *
     * @param open the open channels; this one is removed when it is closed
     */
    NioFile(FileChannel channel, Set<FileChannel> open) {
        this.channel = channel;
        this.open = open;
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void read(long position, ByteBuffer into) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int count = channel.read(into, at);
            if (count < 0) {
                return;
            }
            at += count;
        }
    }

    @Override
    public void write(long position, ByteBuffer from) throws IOException {
        long at = position;
        while (from.hasRemaining()) {
            at += channel.write(from, at);
        }
    }

    @Override
    public void force() throws IOException {
        channel.force(false);
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        open.remove(channel);
        channel.close();
    }
}
