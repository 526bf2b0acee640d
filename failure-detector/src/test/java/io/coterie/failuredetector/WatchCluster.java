package io.coterie.failuredetector;

import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Simulated nodes that watch each other, and the changes that one of them reports. */
final class WatchCluster {
    /** A method that has nothing to do with the failure detector, and that nobody serves. */
    private static final RpcMethod<byte[], byte[]> CHATTER =
            new RpcMethod<>("chatter", Codec.bytes(), Codec.bytes(), true);

    final Simulation simulation;

    /** The changes since {@link #note}, each as {@code peer before now}. */
    final List<String> changes = new ArrayList<>();

    private final Map<SimNode, RpcNode> rpcs = new HashMap<>();
    private final Map<SimNode, FailureDetector> detectors = new HashMap<>();

    WatchCluster(long seed) {
        simulation = Simulation.create(seed);
    }

    /** A node that is up and watches those peers, until it is killed. */
    SimNode watching(String name, FailureDetection config, String... peers) {
        List<NodeId> watched = new ArrayList<>();
        for (String peer : peers) {
            watched.add(NodeId.of(peer));
        }
        SimNode node = bare(name);
        detectors.put(node, FailureDetector.start(rpc(node), watched, config));
        return node;
    }

    /** A node that is up and watches nobody. */
    SimNode bare(String name) {
        SimNode node = simulation.node(
                name,
                start -> rpcs.put(
                        start.node(),
                        RpcNode.builder()
                                .cluster("watch")
                                .self(name)
                                .world(start.world())
                                .transport(start.transport())
                                .start()));
        node.start();
        return node;
    }

    /** Starts a killed node, which then watches those peers. */
    void restart(SimNode node, FailureDetection config, NodeId... peers) {
        node.start();
        detectors.put(node, FailureDetector.start(rpc(node), List.of(peers), config));
    }

    FailureDetector detector(SimNode node) {
        return detectors.get(node);
    }

    RpcNode rpc(SimNode node) {
        return rpcs.get(node);
    }

    /** The opinion that a node has of another. */
    PeerState state(SimNode node, SimNode peer) {
        return detector(node).state(peer.id());
    }

    /** Notes all changes that a node reports from now on. */
    void note(SimNode node) {
        detector(node).addListener((peer, before, now) -> changes.add(peer + " " + before + " " + now), Runnable::run);
    }

    /** Sends messages that are no heartbeats. */
    void chatter(SimNode from, SimNode to, int messages) {
        from.execute(() -> {
            for (int i = 0; i < messages; i++) {
                rpc(from).loop().tell(to.id(), CHATTER, new byte[10]);
            }
        });
    }

    /** Sends one heartbeat of a node that has no detector of its own, as older versions did. */
    void beat(SimNode from, SimNode to) {
        beat(from, to, new Heartbeat());
    }

    /** Sends a heartbeat that a test has made. */
    void beat(SimNode from, SimNode to, Heartbeat beat) {
        from.execute(() -> rpc(from).loop().tell(to.id(), Heartbeat.method(Heartbeat.BEAT, new Heartbeat()), beat));
    }

    void runMillis(long millis) {
        simulation.runFor(Duration.ofMillis(millis));
    }
}
