package io.coterie.rpc.internal.nio.fuzz;

import io.coterie.rpc.node.HostPort;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One end of a connection that sends anything, in any pieces, and leaves no port behind. */
public final class Attacker implements AutoCloseable {
    private static final int MAX_PIECES = 8;
    private static final int SOON_MILLIS = 20;
    private static final int END_MILLIS = 30_000;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private boolean broken;

    public Attacker(HostPort address) throws IOException {
        this(new Socket(address.host(), address.port()));
    }

    public Attacker(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoLinger(true, 0);
        socket.setSoTimeout(END_MILLIS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 14));
        out = socket.getOutputStream();
    }

    /**
     * Sends it whole, or one time in four in pieces. That the node has hung up meanwhile is no
     * error.
     */
    public void send(byte[] bytes, SplittableRandom random) {
        int pieces = random.nextInt(4) == 0 ? 1 + random.nextInt(MAX_PIECES) : 1;
        try {
            int sent = 0;
            for (int left = pieces; left > 0 && sent < bytes.length; left--) {
                int length = left == 1 ? bytes.length - sent : random.nextInt(bytes.length - sent + 1);
                out.write(bytes, sent, length);
                sent += length;
            }
        } catch (IOException e) {
            broken = true;
        }
    }

    /** The body of the next frame, or null if the node has hung up. */
    public byte @Nullable [] hear() throws SocketTimeoutException {
        try {
            byte[] body = new byte[in.readInt()];
            in.readFully(body);
            in.readInt();
            return body;
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            broken = true;
            return null;
        }
    }

    /** Whether the node has hung up, as far as is known. */
    boolean broken() {
        return broken;
    }

    /** Says nothing more, and waits until the node hangs up. */
    public void finish() throws IOException {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            broken = true;
        }
        awaitEnd();
    }

    /**
     * Waits until the node hangs up, which it must on what no length can be; where that is taken
     * for a part of something larger, there is more of it.
     */
    public void provokeEnd() throws IOException {
        socket.setSoTimeout(SOON_MILLIS);
        try {
            awaitEnd();
        } catch (SocketTimeoutException e) {
            socket.setSoTimeout(END_MILLIS);
            send(impossible(2 * FuzzNode.MAX_MESSAGE), new SplittableRandom());
            awaitEnd();
        }
    }

    /** Bytes that no frame can begin with. */
    public static byte[] impossible(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 0xFF);
        return bytes;
    }

    private void awaitEnd() throws SocketTimeoutException {
        while (!broken) {
            hear();
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
