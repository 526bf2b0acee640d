package io.coterie.rpc.internal.nio.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Runs the beginning of a handshake in memory, to find before the first connection what a context
 * lacks.
 */
final class TlsProbe {
    private TlsProbe() {}

    /**
     * Checks that there is a key and a certificate to show to nodes that dial.
     *
     * @throws SSLException with the reason if there is none
     */
    static void requireKey(SSLContext context) throws SSLException {
        SSLEngine dialing = engine(context, true);
        SSLEngine dialed = engine(context, false);
        ByteBuffer packet = ByteBuffer.allocate(dialing.getSession().getPacketBufferSize());
        dialing.wrap(PacketPool.NONE, packet);
        dialed.unwrap(packet.flip(), PacketPool.NONE);
        for (Runnable task = dialed.getDelegatedTask(); task != null; task = dialed.getDelegatedTask()) {
            task.run();
        }
        // A failure of the tasks is thrown here.
        dialed.wrap(PacketPool.NONE, packet.clear());
    }

    private static SSLEngine engine(SSLContext context, boolean dials) throws SSLException {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(dials);
        engine.setEnabledProtocols(new String[] {TlsEngines.PROTOCOL});
        engine.beginHandshake();
        return engine;
    }
}
