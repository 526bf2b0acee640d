package io.coterie.failuredetector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Links over TCP that break without a word, while the bytes that are lost are acknowledged. */
class LinksOverTcpTest {
    private static final NodeId A = NodeId.of("a");
    private static final NodeId B = NodeId.of("b");
    private static final NodeId C = NodeId.of("c");

    /** Nothing that is tested may be the work of a keepalive. */
    private static final Duration NEVER = Duration.ofHours(1);

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @Test
    void bothEndsOfALinkThatCarriesOneWayKnowIt() throws IOException {
        RpcNode a = started(node(A).listen("127.0.0.1:0"));
        Proxy proxy = opened(new Proxy(a.boundAddress().port()));
        RpcNode b = started(node(B).peer("a", "127.0.0.1:" + proxy.port()));
        RpcNode c = started(node(C).peer("a", "127.0.0.1:" + a.boundAddress().port()));
        FailureDetector ofA = watch(a, B, C);
        FailureDetector ofB = watch(b, A);
        watch(c, A);
        await("all up", () -> ofA.state(B) == PeerState.UP && ofB.state(A) == PeerState.UP);

        proxy.dropsToTarget = true;

        await("one way", () -> ofB.state(A) == PeerState.ONE_WAY && ofA.state(B) == PeerState.DOWN);
    }

    @Test
    void aPeerThatVanishedIsUpAgainWhenItComesBackByAnotherWay() throws IOException {
        RpcNode a = started(node(A).listen("127.0.0.1:0"));
        Proxy proxy = opened(new Proxy(a.boundAddress().port()));
        RpcNode vanishing = started(node(B).peer("a", "127.0.0.1:" + proxy.port()));
        FailureDetector ofA = watch(a, B);
        watch(vanishing, A);
        await("up", () -> ofA.state(B) == PeerState.UP);
        List<PeerState> states = new CopyOnWriteArrayList<>();
        ofA.addListener((peer, before, now) -> states.add(now), Runnable::run);

        proxy.dropsToTarget = true;
        proxy.dropsToDialer = true;
        vanishing.close();
        await("down", () -> ofA.state(B) == PeerState.DOWN);
        watch(started(node(B).peer("a", "127.0.0.1:" + a.boundAddress().port())), A);

        await("up again", () -> ofA.state(B) == PeerState.UP);
        assertEquals(PeerState.UP, states.get(0));
        assertTrue(!states.contains(PeerState.CLOSED), states::toString);
    }

    private static RpcNodeBuilder node(NodeId name) {
        return RpcNode.builder().cluster("links").self(name.name()).keepalive(NEVER);
    }

    private RpcNode started(RpcNodeBuilder builder) {
        return opened(builder.start());
    }

    private <T extends AutoCloseable> T opened(T each) {
        open.add(0, each);
        return each;
    }

    private static FailureDetector watch(RpcNode node, NodeId... peers) {
        return FailureDetector.start(node, List.of(peers), FailureDetection.phiAccrual());
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("never came: " + what);
            }
            Thread.onSpinWait();
        }
    }

    /** Takes all bytes, and can lose those of either direction. It never reports an end. */
    private static final class Proxy implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();
        private volatile boolean dropsToTarget;
        private volatile boolean dropsToDialer;

        Proxy(int target) throws IOException {
            inThread(() -> {
                while (true) {
                    Socket from = listening.accept();
                    Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
                    sockets.addAll(List.of(from, to));
                    inThread(() -> carry(from, to, () -> dropsToTarget));
                    inThread(() -> carry(to, from, () -> dropsToDialer));
                }
            });
        }

        int port() {
            return listening.getLocalPort();
        }

        private static void carry(Socket from, Socket to, BooleanSupplier drops) throws IOException {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[10_000];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (!drops.getAsBoolean()) {
                    out.write(buffer, 0, count);
                }
            }
        }

        private interface Work {
            void run() throws IOException;
        }

        private static void inThread(Work work) {
            Thread thread = new Thread(() -> {
                try {
                    work.run();
                } catch (IOException e) {
                    // The end of the test closes the sockets.
                    return;
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            listening.close();
            for (Socket each : sockets) {
                each.close();
            }
        }
    }
}
