package io.coterie.rpc.internal.nio.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.internal.nio.fuzz.Campaign;
import io.coterie.rpc.internal.nio.fuzz.FuzzNode;
import io.coterie.rpc.internal.nio.fuzz.Mutator;
import io.coterie.rpc.internal.nio.handshake.Intruder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/** The reader of frames against one that has all bytes at once and is as simple as can be. */
public final class FrameReading implements Campaign.Batch {
    private static final int FRAMES = 100;
    private static final int MAX_BODY = 70_000;
    private static final byte[] END = {-1};

    private final List<byte[]> corpus = FuzzNode.messages();
    private final List<byte[]> large = List.of(new byte[MAX_BODY - 1], new byte[40_000]);

    /** Brings bytes in pieces of any size. */
    private static final class Pieces implements ReadableByteChannel {
        private final SplittableRandom random;
        private final ByteBuffer all;

        Pieces(byte[] all, SplittableRandom random) {
            this.random = random;
            this.all = ByteBuffer.wrap(all);
        }

        @Override
        public int read(ByteBuffer target) {
            if (!all.hasRemaining()) {
                return -1;
            }
            int most = random.nextInt(8) == 0 ? 10 : 1 << random.nextInt(18);
            int length = Math.min(Math.min(most, target.remaining()), all.remaining());
            target.put(all.slice(all.position(), length));
            all.position(all.position() + length);
            return length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Override
    public int run(SplittableRandom random) throws IOException {
        Mutator mutator = new Mutator(random);
        ByteWriter out = new ByteWriter();
        for (int i = 0; i < FRAMES; i++) {
            byte[] content = mutator.oneIn(500) ? mutator.any(large) : mutator.mutated(corpus);
            byte[] frame = Intruder.frame(Frame.MESSAGE, content);
            out.putBytes(mutator.oneIn(300) ? mutator.brokenFrame(frame, MAX_BODY) : frame);
        }
        byte[] all = out.toByteArray();
        int firstMax = random.nextBoolean() ? Frame.MAX_HANDSHAKE_BODY : MAX_BODY;
        List<String> expected = expected(all, firstMax);
        FrameReader reader = new FrameReader(firstMax);
        List<String> found = found(reader, new Pieces(all, random));
        assertEquals(expected, found);
        assertTrue(reader.capacity() <= FrameReader.MAX_AT_ONCE, () -> reader.capacity() + " bytes held");
        return FRAMES;
    }

    private static List<String> found(FrameReader reader, Pieces pieces) throws IOException {
        List<String> found = new ArrayList<>();
        try {
            while (reader.fill(pieces) >= 0) {
                for (ByteBuffer body = reader.next(); body != null; body = reader.next()) {
                    byte[] copy = new byte[body.remaining()];
                    body.get(copy);
                    found.add(digest(copy));
                    reader.allow(MAX_BODY);
                }
            }
        } catch (FrameException e) {
            found.add(digest(END));
        }
        return found;
    }

    private static List<String> expected(byte[] all, int firstMax) {
        List<String> expected = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(all);
        while (in.remaining() >= 4) {
            int length = in.getInt(in.position());
            if (length < 1 || length > (expected.isEmpty() ? firstMax : MAX_BODY)) {
                expected.add(digest(END));
                break;
            }
            if (in.remaining() < length + 8) {
                break;
            }
            in.getInt();
            byte[] body = new byte[length];
            in.get(body);
            CRC32C crc = new CRC32C();
            crc.update(body);
            if (in.getInt() != (int) crc.getValue()) {
                expected.add(digest(END));
                break;
            }
            expected.add(digest(body));
        }
        return expected;
    }

    private static String digest(byte[] body) {
        return body.length < 100 ? HexFormat.of().formatHex(body) : body.length + " bytes, " + Arrays.hashCode(body);
    }
}
