package io.coterie.benchmarks.hostile;

import io.coterie.benchmarks.rpc.CoterieServer;
import io.coterie.benchmarks.rpc.Echoes;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.HostPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** The first bytes of connections. */
final class Openings {
    private static final int SILENCE_MILLIS = 300;
    private static final int GARBAGE_BYTES = 300;

    private Openings() {}

    /**
     * The first bytes of a node that dials a {@link CoterieServer}. They are recorded from a node,
     * as the format is the library's own affair.
     */
    @SuppressWarnings("try") // The node only has to be there.
    static byte[] hello() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RpcNode node = Echoes.node("coterie")
                        .self("attacker")
                        .peer(CoterieServer.NAME, new HostPort("127.0.0.1", listener.getLocalPort()))
                        .start();
                Socket socket = listener.accept()) {
            socket.setSoTimeout(SILENCE_MILLIS);
            return allUntilSilence(socket.getInputStream());
        }
    }

    /** Lengths that no frame may have, random bytes, and both again after a good beginning. */
    static List<byte[]> badFrames() throws IOException {
        byte[] hello = hello();
        byte[] garbage = new byte[GARBAGE_BYTES];
        new Random(1).nextBytes(garbage);
        List<byte[]> frames = new ArrayList<>(List.of(garbage, joined(hello, garbage)));
        IntStream.of(Integer.MAX_VALUE, 1 << 30, 0, -1, Integer.MIN_VALUE).forEach(length -> {
            byte[] frame = ByteBuffer.allocate(64).putInt(length).array();
            frames.add(frame);
            frames.add(joined(hello, frame));
        });
        return frames;
    }

    /** The first bytes of a TLS client. */
    static byte[] tlsHello() throws GeneralSecurityException, IOException {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), hello);
        byte[] bytes = new byte[hello.flip().remaining()];
        hello.get(bytes);
        return bytes;
    }

    private static byte[] allUntilSilence(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                all.write(next);
            }
            throw new IOException("the node closed the connection after " + all.size() + " bytes");
        } catch (SocketTimeoutException e) {
            if (all.size() == 0) {
                throw new IOException("the node sent nothing", e);
            }
            return all.toByteArray();
        }
    }

    private static byte[] joined(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }
}
