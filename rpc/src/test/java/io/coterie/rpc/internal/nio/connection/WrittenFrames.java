package io.coterie.rpc.internal.nio.connection;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.codec.ByteWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The bytes of frames as they are on the wire. */
public final class WrittenFrames {
    private WrittenFrames() {}

    public static byte[] frame(byte type, Consumer<ByteWriter> content) throws IOException {
        WriteQueue queue = new WriteQueue(new ChunkPool());
        ByteWriter out = new ByteWriter();
        content.accept(out);
        queue.add(type, out.view());
        return written(queue);
    }

    /** Lets a thread take what the queue writes, so that it may be more than a pipe holds. */
    static byte[] written(WriteQueue queue) throws IOException {
        Pipe pipe = Pipe.open();
        CompletableFuture<byte[]> taken = CompletableFuture.supplyAsync(() -> {
            try {
                return Channels.newInputStream(pipe.source()).readAllBytes();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertTrue(queue.writeTo(pipe.sink()));
        pipe.sink().close();
        return taken.join();
    }
}
