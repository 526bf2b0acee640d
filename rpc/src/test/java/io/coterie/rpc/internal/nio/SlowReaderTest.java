package io.coterie.rpc.internal.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.OverloadedException;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SlowReaderTest {
    private static final int MESSAGE_BYTES = 9_000;

    @Test
    void aPeerThatReadsSlowlyCostsBoundedMemoryAndGetsAllThatWasTaken() throws IOException {
        try (TcpNode server = TcpNode.listening("server");
                Intruder slow = new Intruder(server.address())) {
            slow.say(Intruder.hello("slow", "server", 7)).hear();
            AtomicInteger taken = new AtomicInteger();
            // Until the system's buffers and then the node's own are full, with all of it handed to the system first.
            TcpNode.await("refusal", () -> !server.inLoop(() -> fill(server, taken)));

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
            TcpNode.await("room", () -> server.inLoop(() -> fill(server, taken)));
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
