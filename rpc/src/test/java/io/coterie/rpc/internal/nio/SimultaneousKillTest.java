package io.coterie.rpc.internal.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.CallOptions;
import io.coterie.rpc.error.ConnectionLostException;
import io.coterie.rpc.error.PeerUnavailableException;
import io.coterie.rpc.internal.nio.links.TcpNode;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Two nodes lose their connections at any moment, and both dial at once, again and again. */
class SimultaneousKillTest {
    private static final int ROUNDS = 200;
    private static final CallOptions LONG = CallOptions.within(Duration.ofMinutes(10));

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final List<CompletableFuture<String>> calls = new ArrayList<>();

    @Test
    void theySettleOnOneConnectionAndEachCallIsAnsweredOrFails() throws Exception {
        try (Cable toA = new Cable();
                Cable toB = new Cable();
                CallNode a = node("a", "b", toB);
                CallNode b = node("b", "a", toA)) {
            toA.leadTo(a.address());
            toB.leadTo(b.address());
            for (int round = 0; round < ROUNDS; round++) {
                String which = "round " + round + " of seed " + seed;
                for (int kills = random.nextInt(4); kills >= 0; kills--) {
                    call(a, "b");
                    call(b, "a");
                    LockSupport.parkNanos(random.nextInt(3_000_000));
                    if (random.nextInt(3) > 0) {
                        toA.reset();
                    }
                    if (random.nextInt(3) > 0) {
                        toB.reset();
                    }
                }
                Await.until("one connection, " + which, () -> settled(a, "b") && settled(b, "a"));
            }
            long lost = 0;
            for (CompletableFuture<String> call : calls) {
                lost += outcome(call) ? 0 : 1;
            }
            assertTrue(lost > 0 && lost < calls.size(), lost + " of " + calls.size() + " failed, seed " + seed);
            assertEquals(
                    "x", a.node.call(NodeId.of("b"), CallNode.ECHO, "x", LONG).get(60, TimeUnit.SECONDS));
            assertEquals(
                    "y", b.node.call(NodeId.of("a"), CallNode.ECHO, "y", LONG).get(60, TimeUnit.SECONDS));
            assertTrue(settled(a, "b") && settled(b, "a"));
        }
    }

    private void call(CallNode from, String to) {
        for (int i = 0; i < 5; i++) {
            calls.add(from.node.call(NodeId.of(to), CallNode.ECHO, "x", LONG));
        }
    }

    /**
     * Whether a call was answered; long before its deadline it was that, or it failed because of
     * its connection.
     */
    private boolean outcome(CompletableFuture<String> call) throws InterruptedException {
        try {
            return call.get(60, TimeUnit.SECONDS).equals("x");
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof PeerUnavailableException)) {
                assertInstanceOf(ConnectionLostException.class, e.getCause());
            }
            return false;
        } catch (TimeoutException e) {
            throw new AssertionError("a call was forgotten, seed " + seed, e);
        }
    }

    private static boolean settled(CallNode node, String peer) {
        return node.isConnected(peer) && node.connections() == 1;
    }

    private static CallNode node(String name, String peer, Cable toPeer) {
        // What breaks must show itself at once, not by its silence.
        return new CallNode(TcpNode.settings(
                name,
                "test",
                new HostPort("127.0.0.1", 0),
                Map.of(NodeId.of(peer), toPeer.address()),
                Duration.ofMinutes(5)));
    }
}
