package io.coterie.rpc;

import io.coterie.rpc.node.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for tests that must know one before they listen. */
public final class FreePorts {
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private FreePorts() {}

    /**
     * A port of the loopback address that was never given before, below those that the system gives
     * to outgoing connections, so that it stays free until it is used.
     */
    public static int next() {
        IOException failure = null;
        for (int attempt = 0; attempt < 100; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(15_000, 32_000);
            if (!GIVEN.add(port)) {
                continue;
            }
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                failure = taken;
            }
        }
        throw new AssertionError("no free port", failure);
    }

    /** The next free port, as an address of this machine. */
    public static HostPort nextAddress() {
        return new HostPort("127.0.0.1", next());
    }
}
