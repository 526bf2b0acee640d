package io.coterie.rpc.internal.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.Await;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.handshake.Intruder;
import io.coterie.rpc.internal.nio.handshake.TcpSettings;
import io.coterie.rpc.internal.nio.links.TcpNode;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SlowReaderTest {
    private static final int MESSAGE_BYTES = 9_000;

    @Test
    void aPeerThatReadsSlowlyCostsBoundedMemoryAndGetsAllThatWasTaken() throws IOException {
        try (TcpNode server = TcpNode.listening("server");
                Intruder slow = new Intruder(server.address())) {
            slow.send(Intruder.hello("slow", "server", 7)).hear();
            AtomicInteger taken = new AtomicInteger();
            // Until the system's buffers and then the node's own are full, with all of it handed to
            // the system first.
            Await.until("refusal", () -> !server.inLoop(() -> fill(server, taken)));

            CompletableFuture<Class<?>> refusal = new CompletableFuture<>();
            server.loop.execute(() -> refusal.complete(
                    server.transport.refusal(NodeId.of("slow"), 100).getClass()));
            assertEquals(OverloadedException.class, refusal.join());

            DataInputStream in = new DataInputStream(slow.socket.getInputStream());
            for (int messages = 0; messages < taken.get(); ) {
                byte[] body = new byte[in.readInt()];
                in.readFully(body);
                in.readInt();
                messages += body[0] == Frame.MESSAGE ? 1 : 0;
            }
            Await.until("room", () -> server.inLoop(() -> fill(server, taken)));
        }
    }

    @Test
    void aPeerThatReadsSlowlyAndSendsNothingIsAlive() throws IOException {
        TcpSettings settings =
                TcpNode.settings("server", "test", new HostPort("127.0.0.1", 0), Map.of(), Duration.ofSeconds(2));
        try (TcpNode server = new TcpNode(settings);
                Socket socket = new Socket()) {
            socket.setReceiveBufferSize(256 << 10);
            socket.connect(new InetSocketAddress(
                    server.address().host(), server.address().port()));
            Intruder slow = new Intruder(socket);
            slow.send(Intruder.hello("slow", "server", 7)).hear();
            AtomicInteger taken = new AtomicInteger();
            Await.until("refusal", () -> !server.inLoop(() -> fill(server, taken)));

            // 2 MiB/s for three limits, in which there is always more to read.
            byte[] piece = new byte[200 << 10];
            DataInputStream in = new DataInputStream(socket.getInputStream());
            long began = System.nanoTime();
            for (int i = 1; i <= 60; i++) {
                in.readFully(piece);
                long next = began + i * TimeUnit.MILLISECONDS.toNanos(100);
                Await.until("time", () -> System.nanoTime() - next >= 0);
                Await.until("refusal", () -> !server.inLoop(() -> fill(server, taken)));
            }

            assertEquals(List.of("+slow"), server.events);
        }
    }

    @Test
    void aPeerThatPingsAndReadsNoAnswerCostsBoundedMemory() throws IOException {
        try (TcpNode server = TcpNode.listening("server");
                Intruder deaf = new Intruder(server.address())) {
            deaf.send(Intruder.hello("deaf", "server", 7)).hear();
            long before = Measured.directBytes();
            ByteWriter pings = new ByteWriter();
            for (int i = 0; i < 7000; i++) {
                pings.putBytes(Intruder.frame(Frame.PING, new byte[0]));
            }
            // The answers are more than the buffers of the system hold for both ends.
            for (int i = 0; i < 500; i++) {
                deaf.send(pings.toByteArray());
            }
            deaf.sendNumber(5);
            Await.until("message", () -> server.received.contains(5));

            long taken = Measured.directBytes() - before;
            assertTrue(taken < 4_000_000, () -> taken + " bytes for a peer that may have 1000000 waiting");
        }
    }

    private static boolean fill(TcpNode server, AtomicInteger taken) {
        boolean sent = server.transport.send(NodeId.of("slow"), ByteBuffer.wrap(new byte[MESSAGE_BYTES]));
        if (sent) {
            taken.incrementAndGet();
        }
        return sent;
    }
}
