package io.coterie.benchmarks.tested;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings that the three nodes of a store must have in common.
 *
 * @param system the system that replicates: {@code raw}, {@code raw-quorum}, {@code strong}, {@code
 *     eventual} or {@code jgroups-raft}
 * @param puts whether puts are measured, or gets
 * @param folder where each node keeps a folder or file of its own; null to keep all in memory
 * @param ports where the nodes listen, for systems whose nodes must know all ports before they
 *     start
 */
public record StoreSetup(
        String system, boolean puts, @Nullable Path folder, List<Integer> ports) {
    /** How many nodes there are. The first is the one that is called. */
    public static final int NODES = 3;

    private static final String NOWHERE = "";

    public static StoreSetup of(String system, boolean puts, @Nullable Path folder) throws IOException {
        return new StoreSetup(system, puts, folder, freePorts());
    }

    /** The size of a raw request. */
    public int requestBytes() {
        return puts ? Keys.KEY_BYTES + Keys.VALUE_BYTES : Keys.KEY_BYTES;
    }

    /** The size of a raw answer. */
    public int answerBytes() {
        return puts ? 0 : Keys.VALUE_BYTES;
    }

    /** The address at which a node listens. */
    public String address(int node) {
        return "127.0.0.1:" + ports.get(node);
    }

    /** The setup as arguments for a JVM of its own. */
    public List<String> toArguments() {
        List<String> arguments =
                new ArrayList<>(List.of(system, Boolean.toString(puts), folder == null ? NOWHERE : folder.toString()));
        ports.forEach(port -> arguments.add(Integer.toString(port)));
        return arguments;
    }

    /** Reads what {@link #toArguments} wrote. */
    public static StoreSetup ofArguments(List<String> arguments) {
        String folder = arguments.get(2);
        return new StoreSetup(
                arguments.get(0),
                Boolean.parseBoolean(arguments.get(1)),
                folder.equals(NOWHERE) ? null : Path.of(folder),
                arguments.subList(3, arguments.size()).stream()
                        .map(Integer::valueOf)
                        .toList());
    }

    /** Ports that are all bound before any is released, so that they differ. */
    private static List<Integer> freePorts() throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }
}
