package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A plain socket that sends a node what no node sends. */
public final class Intruder implements AutoCloseable {
    public final Socket socket;

    public Intruder(HostPort address) throws IOException {
        this(new Socket(address.host(), address.port()));
    }

    public Intruder(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(60_000);
    }

    /** A frame, byte by byte. */
    public static byte[] frame(byte type, byte[] content) {
        ByteWriter body = new ByteWriter().putByte(type).putBytes(content);
        CRC32C crc = new CRC32C();
        crc.update(body.toByteArray());
        return new ByteWriter()
                .putBlock(body.toByteArray())
                .putInt((int) crc.getValue())
                .toByteArray();
    }

    public static byte[] frame(byte type, Consumer<ByteWriter> content) {
        ByteWriter out = new ByteWriter();
        content.accept(out);
        return frame(type, out.toByteArray());
    }

    public static Hello hello(String node, @Nullable String expected, long startId) {
        return hello(Versions.OURS, node, expected, startId);
    }

    static Hello hello(Versions versions, String node, @Nullable String expected, long startId) {
        return hello(versions, node, expected, startId, Hello.UNKNOWN_AGE);
    }

    /** Of a process that has run for so long. */
    public static Hello helloAt(String node, String expected, long startId, long ageMillis) {
        return hello(Versions.OURS, node, expected, startId, ageMillis);
    }

    private static Hello hello(
            Versions versions, String node, @Nullable String expected, long startId, long ageMillis) {
        return new Hello(
                versions,
                0,
                10_000,
                startId,
                "test",
                NodeId.of(node),
                expected == null ? null : NodeId.of(expected),
                Hello.NO_PROOF,
                Versions.OURS.common(versions) == Versions.NONE ? null : nonce(99),
                ageMillis);
    }

    /** What a node of that cluster sends first. */
    public static Hello helloOf(String cluster, String node) {
        return new Hello(
                Versions.OURS,
                0,
                10_000,
                7,
                cluster,
                NodeId.of(node),
                null,
                Hello.NO_PROOF,
                nonce(1),
                Hello.UNKNOWN_AGE);
    }

    /** What a node called so answers that was dialed. */
    public static Welcome welcome(String node, long startId) {
        return new Welcome(Versions.OURS.highest(), 0, 10_000, startId, "test", NodeId.of(node));
    }

    /** A nonce that is 32 times the same byte. */
    static Nonce nonce(int each) {
        byte[] bytes = new byte[Nonce.BYTES];
        Arrays.fill(bytes, (byte) each);
        return Nonce.of(bytes);
    }

    public Intruder send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Sends frames in one write. */
    public Intruder sendBodies(byte[]... bodies) throws IOException {
        ByteWriter out = new ByteWriter();
        for (byte[] body : bodies) {
            out.putBytes(frame(body[0], Arrays.copyOfRange(body, 1, body.length)));
        }
        return send(out.toByteArray());
    }

    public Intruder send(Hello hello) throws IOException {
        return send(frame(Frame.HELLO, hello::writeTo));
    }

    public Intruder sendNumber(int number) throws IOException {
        return send(frame(Frame.MESSAGE, new ByteWriter().putInt(number).toByteArray()));
    }

    /** The body of the next frame. */
    public byte[] hear() throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] body = new byte[in.readInt()];
        in.readFully(body);
        in.readInt();
        return body;
    }

    /** Waits until the node has closed the connection. */
    public void awaitEnd() throws IOException {
        try {
            while (true) {
                hear();
            }
        } catch (EOFException | SocketException e) {
            return;
        }
    }

    /** Closes with a FIN. */
    public void hangUp() throws IOException {
        socket.close();
    }

    /** Closes with a RST: what is on its way is lost. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
