package io.coterie.rpc.internal.nio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.MapKeyFiles;
import io.coterie.rpc.NodeId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is on the wire may not change by accident: other versions read it. */
class WireLayoutTest {
    @Test
    void aFrame() throws IOException {
        WriteQueue queue = new WriteQueue(new ChunkPool());

        // The check value of CRC-32C is 0xe3069283, over these nine digits; the first is the type here.
        queue.add((byte) '1', ByteBuffer.wrap("23456789".getBytes(StandardCharsets.US_ASCII)));

        assertEquals("00000009" + "313233343536373839" + "e3069283", hex(written(queue)));
    }

    @Test
    void framesWithoutContent() throws IOException {
        assertEquals("00000001" + "05" + "678c474d", hex(frame(Frame.PING, out -> {})));
        assertEquals("00000001" + "06" + "74dcb4b9", hex(frame(Frame.PONG, out -> {})));
        assertEquals("00000001" + "09" + "2acf889d", hex(frame(Frame.LAST, out -> {})));
    }

    @Test
    void aHello() throws IOException {
        Hello hello = new Hello(
                new Versions(1, 2), 3, 4096, 5, "shop", NodeId.of("a"), NodeId.of("bc"), 1, Intruder.nonce(0xA5));

        assertEquals(
                "00000046" + "01" + "436f7472" + "01" + "02" + "0000000000000003" + "00001000" + "0000000000000005"
                        + "0473686f70" + "0161" + "026263" + "01" + "a5".repeat(32) + "6663e1a6",
                hex(frame(Frame.HELLO, hello::writeTo)));
    }

    @Test
    void aChallenge() throws IOException {
        Challenge challenge = new Challenge(2, Intruder.nonce(0xC3));

        assertEquals(
                "00000022" + "07" + "02" + "c3".repeat(32) + "690268e8",
                hex(frame(Frame.CHALLENGE, challenge::writeTo)));
    }

    @Test
    void aWelcomeAndARefusal() throws IOException {
        Welcome welcome = new Welcome(2, 0, 4096, 5, "shop", NodeId.of("b"));
        String fields = "02" + "0000000000000000" + "00001000" + "0000000000000005" + "0473686f70" + "0162";
        assertEquals("0000001d" + "02" + fields + "01768f4b", hex(frame(Frame.WELCOME, welcome::writeTo)));
        assertEquals(welcome, Welcome.read(ByteBuffer.wrap(HexFormat.of().parseHex(fields))));

        assertEquals(
                "00000005" + "03" + "05" + "026e6f" + "afdb174d",
                hex(frame(Frame.REFUSAL, new Refusal(Refusal.NAME_TAKEN, "no")::writeTo)));
    }

    /** Worked out by another program. */
    @Test
    void whatIsProven() {
        SharedSecret secret = new SharedSecret("a secret of this test".getBytes(StandardCharsets.US_ASCII));
        Transcript transcript = new Transcript();
        transcript.add(Frame.HELLO, ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
        transcript.add(Frame.CHALLENGE, ByteBuffer.wrap("challenge".getBytes(StandardCharsets.US_ASCII)));

        assertEquals(
                "84ee76e7ebe4bb7b6c4c3eb8be64ca8cc76ab5c32a2454d3e8506103c51771c9",
                proof(secret, SharedSecret.Role.DIALER, transcript));
        assertEquals(
                "92648752848f161c4131fa904dc0e77cef0fe90ea019d0102e1f19f25d604a81",
                proof(secret, SharedSecret.Role.ACCEPTOR, transcript));
        transcript.add(Frame.PROOF, ByteBuffer.allocate(0));
        assertEquals(
                "4f972f0e1cd045e714e62ecfebec3cd05120919c7192f8dd67372ff1e623180b",
                proof(secret, SharedSecret.Role.ACCEPTOR, transcript));
    }

    /** Worked out by another program. */
    @Test
    void whatIsProvenOverTls() {
        SharedSecret secret = new SharedSecret("a secret of this test".getBytes(StandardCharsets.US_ASCII));
        Transcript transcript = new Transcript();
        transcript.bind(new byte[32]);
        transcript.add(Frame.HELLO, ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));

        assertEquals(
                "8f279e3806242b4231c03c144849e1056e23cd45b367ec407ef1e2dbee9eed95",
                proof(secret, SharedSecret.Role.DIALER, transcript));
    }

    /** Worked out by another program, as are its proof and its signature. */
    @Test
    void aProofWithAKeyAndOneWithout() throws IOException {
        SharedSecret secret = new SharedSecret("a secret of this test".getBytes(StandardCharsets.US_ASCII));
        Transcript transcript = new Transcript();
        transcript.add(Frame.HELLO, ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
        transcript.add(Frame.CHALLENGE, ByteBuffer.wrap("challenge".getBytes(StandardCharsets.US_ASCII)));
        MapKeyFiles files = new MapKeyFiles();
        files.replace(
                "node.key",
                "Ed25519 A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg= MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n"
                        .getBytes(StandardCharsets.US_ASCII));
        NodeKey key = NodeKey.open(NodeId.of("a"), files);

        assertEquals("SHA256:Vkdap1RjR0wChd9dvyvKtz2mUTWIOem3dIGy6rEHcIw", key.fingerprint());
        assertEquals(
                "00" + "19c9b1600491a7ec787070ba8664b368778e7aecd85444315305a4d7ad96695a",
                keyedProof(secret, null, transcript));
        String whole = keyedProof(secret, key, transcript);
        assertEquals(
                "01" + "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
                        + "0d5b7d275dabcfb97e49f6ffa8594bf2ccc9c3a89512c392be18b9981defa2c2"
                        + "60c0fed8f8ddeee89652dfb9671d784a9bad8040b380e310099ec5c3731ea031fe97bebab33059c53cd7ceae45511b778c8457e42ec3f89c59cffea493f8090c",
                whole);
        ByteBuffer content = ByteBuffer.wrap(HexFormat.of().parseHex(whole));
        KeyedProof read =
                KeyedProof.read(Frame.PROOF, SharedSecret.Role.DIALER, content.duplicate(), content, transcript);
        assertTrue(read.isSigned());
        assertEquals("SHA256:Vkdap1RjR0wChd9dvyvKtz2mUTWIOem3dIGy6rEHcIw", String.valueOf(read.shown()));
    }

    private static String keyedProof(SharedSecret secret, @Nullable NodeKey key, Transcript transcript) {
        ByteWriter out = new ByteWriter();
        KeyedProof.write(Frame.PROOF, secret, SharedSecret.Role.DIALER, key, transcript, out);
        return hex(out.toByteArray());
    }

    private static String proof(SharedSecret secret, SharedSecret.Role role, Transcript transcript) {
        ByteWriter out = new ByteWriter();
        secret.prove(role, transcript).writeTo(out);
        return hex(out.toByteArray());
    }

    @Test
    void aLaterVersionMayAppendToAHello() throws IOException {
        Hello hello = new Hello(new Versions(1, 3), 3, 4096, 5, "shop", NodeId.of("a"), null, 0, Intruder.nonce(1));
        ByteWriter out = new ByteWriter();
        hello.writeTo(out);
        out.putLong(99);

        assertEquals(hello, Hello.read(out.view()));
    }

    @Test
    void whatARefusalSaysCannotPlayTricksWithALog() throws IOException {
        ByteBuffer in = ByteBuffer.wrap(new byte[] {1, 4, 'a', '\n', 27, (byte) 0xC3});

        assertEquals("a???", Refusal.read(in).text());
    }

    @Test
    void framesOfAnySizeComeOutAsTheyWentInHoweverTheyAreCut() throws IOException {
        Random random = new Random(3);
        WriteQueue queue = new WriteQueue(new ChunkPool());
        byte[][] contents = new byte[200][];
        for (int i = 0; i < contents.length; i++) {
            contents[i] = new byte[random.nextInt(i % 20 == 0 ? 200_000 : 300)];
            random.nextBytes(contents[i]);
            queue.add(Frame.MESSAGE, ByteBuffer.wrap(contents[i]));
        }
        byte[] wire = written(queue);
        assertEquals(0, queue.queuedBytes());

        FrameReader reader = new FrameReader(200_001);
        ReadableByteChannel channel = inPieces(wire, random);
        int frames = 0;
        while (reader.fill(channel) >= 0) {
            for (ByteBuffer body = reader.next(); body != null; body = reader.next()) {
                assertEquals(Frame.MESSAGE, body.get());
                byte[] content = new byte[body.remaining()];
                body.get(content);
                assertArrayEquals(contents[frames++], content);
            }
        }
        assertEquals(contents.length, frames);
        assertNull(reader.next());
    }

    private static byte[] frame(byte type, Consumer<ByteWriter> content) throws IOException {
        WriteQueue queue = new WriteQueue(new ChunkPool());
        ByteWriter out = new ByteWriter();
        content.accept(out);
        queue.add(type, out.view());
        return written(queue);
    }

    /** Lets a thread take what the queue writes, so that it may be more than a pipe holds. */
    private static byte[] written(WriteQueue queue) throws IOException {
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

    private static ReadableByteChannel inPieces(byte[] bytes, Random random) {
        ReadableByteChannel whole = Channels.newChannel(new ByteArrayInputStream(bytes));
        return new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer into) throws IOException {
                int limit = into.limit();
                into.limit(into.position() + Math.min(into.remaining(), 1 + random.nextInt(5000)));
                int count = whole.read(into);
                into.limit(limit);
                return count;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
