package io.coterie.rpc.internal.nio.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.CallOptions;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.internal.nio.CallNode;
import io.coterie.rpc.internal.nio.Holdings;
import io.coterie.rpc.internal.nio.handshake.ByHand;
import io.coterie.rpc.internal.nio.handshake.Intruder;
import io.coterie.rpc.internal.nio.handshake.TcpSettings;
import io.coterie.rpc.internal.nio.links.TcpNode;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NoLeakTest {
    private static final int CONNECTS = 10_000;
    private static final int STAGES = 8;
    private static final CallOptions LONG = CallOptions.within(Duration.ofMinutes(5));

    /** What the pool of a node's chunks keeps at most, whatever happens. */
    private static final long POOLED_BYTES = 64L * ChunkPool.CHUNK_BYTES;

    private final AtomicInteger names = new AtomicInteger();

    @Test
    void connectsAndKillsAtEveryStageLeaveNothingBehind() throws Exception {
        try (CallNode server = node("server", Map.of());
                CallNode good = node("good", Map.of(NodeId.of("server"), server.address()))) {
            Await.until("connection", () -> good.isConnected("server"));
            attack(server, 200);
            Await.until("end of the first", () -> server.connections() == 1);
            call(good);
            Holdings before = Holdings.now();

            AtomicBoolean over = new AtomicBoolean();
            FutureTask<Integer> calls = new FutureTask<>(() -> callUntil(good, over));
            // Not of a pool, which would keep it.
            new Thread(calls, "calls").start();
            attack(server, CONNECTS);
            over.set(true);

            assertTrue(calls.get(60, TimeUnit.SECONDS) > 100, "too few calls to show anything");
            Await.until("end of connections", () -> server.connections() == 1);
            Holdings bound = new Holdings(before.descriptors(), before.threads(), before.directBytes() + POOLED_BYTES);
            awaitWithin(bound);
        }
    }

    private static void awaitWithin(Holdings bound) {
        Holdings[] last = new Holdings[1];
        try {
            Await.until("memory, threads and descriptors", () -> {
                last[0] = Holdings.now();
                return last[0].within(bound);
            });
        } catch (AssertionError e) {
            throw new AssertionError(last[0] + " is not within " + bound, e);
        }
    }

    private void attack(CallNode server, int connects) throws IOException {
        for (int i = 0; i < connects; i++) {
            Intruder intruder = new Intruder(server.address());
            speak(intruder, i % STAGES);
            if (i / STAGES % 2 == 0) {
                intruder.reset();
            } else {
                intruder.hangUp();
            }
        }
    }

    /** Goes as far as that in what a node would send. */
    private void speak(Intruder intruder, int stage) throws IOException {
        byte[] hello = ByHand.hello("m" + names.incrementAndGet(), "server");
        byte[] framed = Intruder.frame(hello[0], Arrays.copyOfRange(hello, 1, hello.length));
        if (stage == 0) {
            return;
        }
        if (stage == 1) {
            intruder.send(Arrays.copyOf(framed, framed.length / 2));
            return;
        }
        intruder.send(framed);
        if (stage == 2) {
            return;
        }
        byte[] challenge = intruder.hear();
        assertEquals(Frame.CHALLENGE, challenge[0]);
        if (stage == 3) {
            return;
        }
        byte[] proof = new ByHand(ByHand.SECRET).note(hello).note(challenge).proof();
        if (stage == 4) {
            intruder.send(new ByteWriter().putInt(33).putBytes(proof, 0, 20).toByteArray());
            return;
        }
        intruder.sendBodies(proof);
        if (stage == 5) {
            return;
        }
        assertEquals(Frame.WELCOME, intruder.hear()[0]);
        if (stage == 7) {
            // The beginning of a message for which the node makes room.
            intruder.send(new ByteWriter()
                    .putInt(90_000)
                    .putByte(Frame.MESSAGE)
                    .putBytes(new byte[100])
                    .toByteArray());
        }
    }

    private static int callUntil(CallNode good, AtomicBoolean over) {
        int calls = 0;
        while (!over.get()) {
            call(good);
            calls++;
        }
        return calls;
    }

    private static void call(CallNode good) {
        try {
            assertEquals(
                    "x",
                    good.node
                            .call(NodeId.of("server"), CallNode.ECHO, "x", LONG)
                            .get(60, TimeUnit.SECONDS));
        } catch (Exception e) {
            throw new AssertionError("the good client suffers", e);
        }
    }

    private static CallNode node(String name, Map<NodeId, HostPort> peers) {
        TcpSettings settings = TcpNode.secured(
                TcpNode.settings(name, "test", new HostPort("127.0.0.1", 0), peers, Duration.ofMinutes(5)),
                ByHand.SECRET);
        return new CallNode(new TcpSettings(
                settings.cluster(),
                settings.self(),
                settings.listen(),
                settings.peers(),
                settings.maxMessageBytes(),
                settings.maxQueuedBytes(),
                settings.reconnect(),
                Duration.ofSeconds(5),
                settings.silenceLimit(),
                1000,
                10_000,
                settings.security(),
                null));
    }
}
