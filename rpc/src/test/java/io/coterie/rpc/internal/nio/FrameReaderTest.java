package io.coterie.rpc.internal.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private final FrameReader reader = new FrameReader(1 << 20);

    @Test
    void theMemoryOfALargeFrameIsGivenBackAfterManySmallOnes() throws IOException, FrameException {
        read(500_000);
        assertTrue(reader.capacity() >= 500_000);

        for (int i = 0; i < 101; i++) {
            read(10);
        }

        assertEquals(FrameReader.FIRST_BYTES, reader.capacity());
        read(300_000);
    }

    private void read(int length) throws IOException, FrameException {
        byte[] body = new byte[length];
        body[length - 1] = 7;
        CRC32C crc = new CRC32C();
        crc.update(body);
        byte[] frame = ByteBuffer.allocate(length + 8)
                .putInt(length)
                .put(body)
                .putInt((int) crc.getValue())
                .array();
        try (ReadableByteChannel channel = Channels.newChannel(new ByteArrayInputStream(frame))) {
            ByteBuffer found = null;
            while (found == null && reader.fill(channel) > 0) {
                found = reader.next();
            }
            assertEquals(ByteBuffer.wrap(body), found);
        }
    }
}
