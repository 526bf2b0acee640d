package io.coterie.rpc.internal.nio.handshake;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.internal.nio.Measured;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.connection.FrameException;
import io.coterie.rpc.internal.nio.connection.HandshakeTexts;
import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.internal.nio.fuzz.Campaign;
import io.coterie.rpc.internal.nio.fuzz.Mutator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The parts of the handshake, read from bytes of unauthenticated peers: what cannot be read is a
 * FrameException and nothing else.
 */
public final class HandshakeReading implements Campaign.Batch {
    private static final int PARTS = 1000;
    private static final long HEAP_PER_PART = 4 << 10;

    private final List<byte[]> corpus = HandshakeSamples.all();
    private final List<Reader> readers = List.of(
            Hello::read,
            Welcome::read,
            Challenge::read,
            Refusal::read,
            in -> HandshakeTexts.readingAll("proof", in, () -> Mac.read(in)));

    /** Reads one part. */
    private interface Reader {
        Object read(ByteBuffer in) throws FrameException;
    }

    @Override
    public int run(SplittableRandom random) {
        Mutator mutator = new Mutator(random);
        List<byte[]> parts = new ArrayList<>();
        for (int i = 0; i < PARTS; i++) {
            parts.add(mutator.mutated(corpus));
        }
        long before = Measured.allocatedBy(Thread.currentThread().getId());
        for (byte[] part : parts) {
            read(part, part.length == 0 ? Hello::read : readerOf(part[0], mutator));
        }
        long allocated = Measured.allocatedBy(Thread.currentThread().getId()) - before;
        assertTrue(allocated <= PARTS * HEAP_PER_PART, () -> allocated + " bytes allocated for " + PARTS + " parts");
        return PARTS;
    }

    private Reader readerOf(byte type, Mutator mutator) {
        return switch (type) {
            case Frame.HELLO -> Hello::read;
            case Frame.WELCOME -> Welcome::read;
            case Frame.CHALLENGE -> Challenge::read;
            case Frame.REFUSAL -> Refusal::read;
            default -> mutator.any(readers);
        };
    }

    private static void read(byte[] part, Reader reader) {
        ByteBuffer in = ByteBuffer.wrap(part, Math.min(1, part.length), Math.max(0, part.length - 1));
        try {
            reader.read(in);
        } catch (FrameException e) {
            assertTrue(e.getMessage() != null && e.getMessage().length() < 500);
        } catch (Throwable e) {
            throw new AssertionError("the part " + HexFormat.of().formatHex(part) + " made its reader throw " + e, e);
        }
    }
}
