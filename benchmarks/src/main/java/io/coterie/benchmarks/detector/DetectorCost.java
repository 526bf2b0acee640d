package io.coterie.benchmarks.detector;

import io.coterie.failuredetector.FailureDetection;
import io.coterie.failuredetector.FailureDetector;
import io.coterie.failuredetector.PeerState;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.node.NodeId;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The processor time of a node that watches others over TCP and does nothing else. It watches so many
 * nodes in this JVM, which watch it, with ten heartbeats a second each way. Only the time of its own
 * loop counts. Its arguments are the number of peers, 50 by default, and the seconds, 60 by default; a
 * third of that time passes before anything counts.
 */
public final class DetectorCost {
    private static final String HUB = "hub";

    private DetectorCost() {}

    /** Prints the part of one core that the node needs. */
    public static void main(String[] args) throws InterruptedException {
        int peers = args.length > 0 ? Integer.parseInt(args[0]) : 50;
        long nanos = TimeUnit.SECONDS.toNanos(args.length > 1 ? Long.parseLong(args[1]) : 60);
        List<NodeId> names = new ArrayList<>();
        for (int i = 0; i < peers; i++) {
            names.add(NodeId.of("peer-" + i));
        }
        List<RpcNode> nodes = new ArrayList<>();
        try {
            RpcNode hub = node(HUB).listen("127.0.0.1:0").start();
            nodes.add(hub);
            FailureDetector detector = FailureDetector.start(hub, names, FailureDetection.phiAccrual());
            for (NodeId name : names) {
                RpcNode peer = node(name.name())
                        .peer(HUB, String.valueOf(hub.boundAddress()))
                        .start();
                nodes.add(peer);
                FailureDetector.start(peer, List.of(hub.self()), FailureDetection.phiAccrual());
            }
            await(hub, nanos / 3);
            long began = System.nanoTime();
            long used = loopNanos();
            await(hub, nanos);
            double part = (double) (loopNanos() - used) / (System.nanoTime() - began);
            long up = names.stream()
                    .filter(name -> detector.state(name) == PeerState.UP)
                    .count();
            System.out.printf("%d peers, %d of them up: %.2f %% of a core%n", peers, up, 100 * part);
        } finally {
            nodes.forEach(RpcNode::close);
        }
    }

    private static RpcNodeBuilder node(String name) {
        return RpcNode.builder().cluster("benchmark").self(name);
    }

    private static void await(RpcNode node, long nanos) throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        node.world().scheduler().execute(() -> node.world().scheduler().schedule(nanos, over::countDown));
        over.await();
    }

    private static long loopNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (long id : threads.getAllThreadIds()) {
            var info = threads.getThreadInfo(id);
            if (info != null && info.getThreadName().equals("coterie-" + HUB)) {
                nanos += threads.getThreadCpuTime(id);
            }
        }
        return nanos;
    }
}
