package io.coterie.benchmarks.detector;

import io.coterie.failuredetector.FailureDetection;
import io.coterie.failuredetector.FailureDetector;
import io.coterie.failuredetector.PeerState;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one heartbeat costs a node that watches 50 peers, without the network: to send one, to receive
 * one, to learn its time, and to judge the peer's silence. With {@code -prof gc} it shows how many
 * bytes are allocated for it. What is allocated once in each interval counts for a fiftieth.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@State(Scope.Thread)
public class HeartbeatBenchmark {
    static final int PEERS = 50;

    private static final long INTERVAL_NANOS =
            FailureDetection.phiAccrual().heartbeatInterval().toNanos();

    /** The end of a message is a heartbeat, which has a version, a start and a number first. */
    private static final int NUMBER_BEFORE_END = 39 - Byte.BYTES - Long.BYTES;

    private final ManualWorld world = new ManualWorld();
    private final List<NodeId> peers = new ArrayList<>();
    private ByteBuffer heartbeat = ByteBuffer.allocate(0);
    private long number;

    /** Starts a node that watches, and takes one of its heartbeats for those of its peers. */
    @Setup
    public void start() {
        for (int i = 0; i < PEERS; i++) {
            peers.add(NodeId.of("peer-" + i));
        }
        RpcNode node = RpcNode.builder()
                .cluster("benchmark")
                .self("watching")
                .world(world.world())
                .transport(world)
                .start();
        FailureDetector detector = FailureDetector.start(node, peers, FailureDetection.phiAccrual());
        heartbeat = ByteBuffer.wrap(world.sent());
        for (int i = 0; i < 2_000; i++) {
            interval();
        }
        for (NodeId peer : peers) {
            if (detector.state(peer) != PeerState.UP) {
                throw new IllegalStateException(peer + " is " + detector.state(peer) + ": no heartbeat was taken");
            }
        }
    }

    /** One interval, in which each peer sends a heartbeat, and gets one. */
    @Benchmark
    @OperationsPerInvocation(PEERS)
    public void interval() {
        world.pass(INTERVAL_NANOS);
        // One that comes again is no sign of life.
        number++;
        heartbeat.putLong(heartbeat.capacity() - NUMBER_BEFORE_END, number);
        for (int i = 0; i < PEERS; i++) {
            world.deliver(peers.get(i), heartbeat.rewind());
        }
    }
}
