package io.coterie.chaos.network;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * All connections between nodes, each through a {@link FaultProxy}: from every node to every
 * replica but itself.
 */
public final class FaultNetwork implements AutoCloseable {
    /** How the names of the threads begin that carry the bytes. */
    public static final String THREADS = "proxy-";

    private final Map<String, Map<String, FaultProxy>> ways = new LinkedHashMap<>();

    public FaultNetwork(Collection<String> replicas, Collection<String> clients) throws IOException {
        List<String> nodes = new ArrayList<>(replicas);
        nodes.addAll(clients);
        for (String from : nodes) {
            Map<String, FaultProxy> there = new LinkedHashMap<>();
            ways.put(from, there);
            for (String to : replicas) {
                if (!to.equals(from)) {
                    there.put(to, new FaultProxy());
                }
            }
        }
    }

    /** Replicas and clients. */
    public List<String> nodes() {
        return List.copyOf(ways.keySet());
    }

    /** Where a node finds the others. */
    public Map<String, String> addressesFor(String node) {
        Map<String, String> addresses = new LinkedHashMap<>();
        ways.get(node).forEach((replica, way) -> addresses.put(replica, way.address()));
        return addresses;
    }

    /** Leads connections to a replica to the port where it listens now. */
    public void moved(String replica, int port) {
        ways.values().forEach(there -> {
            FaultProxy way = there.get(replica);
            if (way != null) {
                way.leadTo(port);
            }
        });
    }

    /**
     * Cuts one direction: what one node sends no longer reaches the other. What the other sends
     * still does.
     */
    public void cutOneWay(String from, String to) {
        gate(from, to, gate -> gate.shut(true));
    }

    public void cut(String one, String other) {
        cutOneWay(one, other);
        cutOneWay(other, one);
    }

    public void cut(Collection<String> some, Collection<String> others) {
        some.forEach(one -> others.forEach(other -> cut(one, other)));
    }

    /** Cuts a node off from all others, clients too. */
    public void isolate(String node) {
        ways.keySet().stream().filter(other -> !other.equals(node)).forEach(other -> cut(node, other));
    }

    public void reconnect(String one, String other) {
        gate(one, other, gate -> gate.shut(false));
        gate(other, one, gate -> gate.shut(false));
    }

    public void reconnect(String node) {
        ways.keySet().stream().filter(other -> !other.equals(node)).forEach(other -> reconnect(node, other));
    }

    /** Delays what two nodes send to each other, and limits its rate. */
    public void slow(String one, String other, long delayNanos, long bytesPerSecond) {
        gate(one, other, gate -> gate.slow(delayNanos, bytesPerSecond));
        gate(other, one, gate -> gate.slow(delayNanos, bytesPerSecond));
    }

    /** How many bytes of a client have reached a replica. */
    public long bytesSent(String client, String replica) {
        return ways.get(client).get(replica).forward().passed();
    }

    /** Resets all connections between two nodes. */
    public void reset(String one, String other) {
        way(one, other, FaultProxy::reset);
        way(other, one, FaultProxy::reset);
    }

    public void healAll() {
        ways.values()
                .forEach(there -> there.values().forEach(way -> {
                    way.forward().heal();
                    way.backward().heal();
                }));
    }

    @Override
    public void close() {
        ways.values().forEach(there -> there.values().forEach(FaultProxy::close));
    }

    /**
     * Changes the gates from one node to another. Bytes pass the forward gate of a connection that
     * the sender dialed, and the backward gate of one that the receiver dialed.
     */
    private void gate(String from, String to, Consumer<Gate> change) {
        way(from, to, way -> change.accept(way.forward()));
        way(to, from, way -> change.accept(way.backward()));
    }

    private void way(String from, String to, Consumer<FaultProxy> change) {
        FaultProxy way = ways.get(from).get(to);
        if (way != null) {
            change.accept(way);
        }
    }
}
