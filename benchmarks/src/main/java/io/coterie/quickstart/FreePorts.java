package io.coterie.quickstart;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Finds ports that nobody listens on. They are below those that systems assign to outgoing
 * connections, so that no such connection takes one while its replica is down. Another process may
 * still take one first. The replica then cannot start, and the caller must try again with other
 * ports.
 */
final class FreePorts {
    private static final int FIRST = 15_000;
    private static final int LAST = 30_000;

    private FreePorts() {}

    static Set<Integer> find(int count) {
        SplittableRandom random = new SplittableRandom();
        Set<Integer> found = new LinkedHashSet<>();
        while (found.size() < count) {
            int port = random.nextInt(FIRST, LAST);
            if (isFree(port)) {
                found.add(port);
            }
        }
        return found;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
