package io.coterie.benchmarks.raw;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that grows by records whose bytes mean nothing, forced after each batch. */
public final class RawLog implements AutoCloseable {
    private final FileChannel file;
    private final int recordBytes;
    private ByteBuffer batch = ByteBuffer.allocateDirect(1 << 16);

    public RawLog(Path path, int recordBytes) throws IOException {
        this.file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        this.recordBytes = recordBytes;
    }

    /** Writes so many records, and returns when they would survive a loss of power. */
    void append(int records) {
        int bytes = records * recordBytes;
        if (batch.capacity() < bytes) {
            batch = ByteBuffer.allocateDirect(bytes);
        }
        batch.clear().limit(bytes);
        try {
            while (batch.hasRemaining()) {
                file.write(batch);
            }
            file.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
