package io.coterie.benchmarks.raw;

import io.coterie.benchmarks.harness.Child;
import io.coterie.benchmarks.harness.Parent;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * Sends pages to another process, which appends each to a file and forces it: the least that a copy
 * of records to another replica can do. Nobody waits for the answer to a page, only for the last
 * one.
 */
public final class RawCopy {
    /** As large as a page of a transfer of records. */
    private static final int PAGE_BYTES = 128 << 10;

    private RawCopy() {}

    /**
     * Copies so many bytes, in whole pages. Returns how many bytes a second were copied, from the
     * first one sent until all would survive a loss of power.
     *
     * @param file where to; it must not be there yet
     */
    public static double bytesPerSecond(Path file, long bytes) throws IOException {
        long pages = Math.max(1, (bytes + PAGE_BYTES - 1) / PAGE_BYTES);
        try (Child child = Child.start(RawCopy.class, file.toString(), Long.toString(pages));
                SocketChannel channel = SocketChannel.open(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(child.firstLine())))) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            ByteBuffer page = ByteBuffer.allocateDirect(PAGE_BYTES);
            long begin = System.nanoTime();
            for (long i = 0; i < pages; i++) {
                page.clear();
                while (page.hasRemaining()) {
                    channel.write(page);
                }
            }
            readAll(channel, ByteBuffer.allocate(1));
            return pages * PAGE_BYTES / ((System.nanoTime() - begin) / 1e9);
        }
    }

    /**
     * Takes the pages of one connection.
     *
     * @param args the file, and how many pages come
     */
    public static void main(String[] args) throws IOException {
        try (ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            Thread thread = new Thread(() -> take(listener, Path.of(args[0]), Long.parseLong(args[1])), "raw-copy");
            thread.setDaemon(true);
            thread.start();
            Parent.attend(Integer.toString(listener.socket().getLocalPort()), question -> question);
        }
    }

    private static void take(ServerSocketChannel listener, Path file, long pages) {
        try (SocketChannel channel = listener.accept();
                RawLog log = new RawLog(file, PAGE_BYTES)) {
            ByteBuffer page = ByteBuffer.allocateDirect(PAGE_BYTES);
            for (long i = 0; i < pages; i++) {
                readAll(channel, page.clear());
                log.append(1);
            }
            channel.write(ByteBuffer.allocate(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void readAll(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException();
            }
        }
    }
}
