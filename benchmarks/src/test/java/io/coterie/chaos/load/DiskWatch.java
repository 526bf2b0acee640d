package io.coterie.chaos.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Reports when the disk takes long to make a single byte durable. No replica on it can then
 * acknowledge anything, though no processor is busy.
 */
public final class DiskWatch implements AutoCloseable {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(60);
    private static final long MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(8);

    private final FileChannel file;
    private final StallWatch.Listener listener;
    private final Thread thread = new Thread(this::watch, "disk watch");
    private volatile boolean closed;

    /** A watch over the disk of a folder, to be started. */
    public DiskWatch(Path folder, StallWatch.Listener listener) throws IOException {
        this.listener = listener;
        file = FileChannel.open(folder.resolve("watch"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    private void watch() {
        for (int i = 0; !closed; i++) {
            LockSupport.parkNanos(INTERVAL_NANOS);
            long begin = System.nanoTime();
            try {
                file.write(ByteBuffer.wrap(new byte[] {(byte) i}), 0);
                file.force(false);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            long end = System.nanoTime();
            if (end - begin > MIN_NANOS) {
                listener.stalled(begin, end);
            }
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        file.close();
    }
}
