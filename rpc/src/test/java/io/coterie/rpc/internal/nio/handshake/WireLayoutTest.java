package io.coterie.rpc.internal.nio.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.connection.Refusal;
import io.coterie.rpc.internal.nio.connection.WrittenFrames;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.security.MapKeyFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is on the wire may not change by accident: other versions read it. */
class WireLayoutTest {
    @Test
    void aHello() throws IOException {
        Hello hello = new Hello(
                new Versions(1, 2),
                3,
                4096,
                5,
                "shop",
                NodeId.of("a"),
                NodeId.of("bc"),
                1,
                Intruder.nonce(0xA5),
                Hello.UNKNOWN_AGE);

        assertEquals(
                "00000046" + "01" + "436f7472" + "01" + "02" + "0000000000000003" + "00001000" + "0000000000000005"
                        + "0473686f70" + "0161" + "026263" + "01" + "a5".repeat(32) + "6663e1a6",
                hex(WrittenFrames.frame(Frame.HELLO, hello::writeTo)));
    }

    @Test
    void aHelloWithAnAge() throws IOException {
        Hello hello = new Hello(
                new Versions(4, 4), 0, 4096, 5, "shop", NodeId.of("a"), null, 0, Intruder.nonce(0xA5), 0x1234);
        ByteWriter out = new ByteWriter();
        hello.writeTo(out);

        assertEquals(
                "436f7472" + "04" + "04" + "0000000000000000" + "00001000" + "0000000000000005" + "0473686f70" + "0161"
                        + "00" + "00" + "a5".repeat(32) + "0000000000001234",
                hex(out.toByteArray()));
        assertEquals(hello, Hello.read(out.view()));
        ByteWriter negative = new ByteWriter().putBytes(out.view());
        negative.truncate(out.size() - Long.BYTES).putLong(-1);
        assertEquals(Hello.UNKNOWN_AGE, Hello.read(negative.view()).ageMillis());
    }

    @Test
    void aChallenge() throws IOException {
        Challenge challenge = new Challenge(2, Intruder.nonce(0xC3));

        assertEquals(
                "00000022" + "07" + "02" + "c3".repeat(32) + "690268e8",
                hex(WrittenFrames.frame(Frame.CHALLENGE, challenge::writeTo)));
    }

    @Test
    void aWelcomeAndARefusal() throws IOException {
        Welcome welcome = new Welcome(2, 0, 4096, 5, "shop", NodeId.of("b"));
        String fields = "02" + "0000000000000000" + "00001000" + "0000000000000005" + "0473686f70" + "0162";
        assertEquals(
                "0000001d" + "02" + fields + "01768f4b", hex(WrittenFrames.frame(Frame.WELCOME, welcome::writeTo)));
        assertEquals(welcome, Welcome.read(ByteBuffer.wrap(HexFormat.of().parseHex(fields))));

        assertEquals(
                "00000005" + "03" + "05" + "026e6f" + "afdb174d",
                hex(WrittenFrames.frame(Frame.REFUSAL, new Refusal(Refusal.NAME_TAKEN, "no")::writeTo)));
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
        Hello hello = new Hello(new Versions(1, 4), 3, 4096, 5, "shop", NodeId.of("a"), null, 0, Intruder.nonce(1), 6);
        ByteWriter out = new ByteWriter();
        hello.writeTo(out);
        out.putLong(99);

        assertEquals(hello, Hello.read(out.view()));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
