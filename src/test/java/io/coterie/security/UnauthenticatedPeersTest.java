package io.coterie.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Coterie;
import io.coterie.Store;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.cluster.LogText;
import io.coterie.consistency.Consistency;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A peer that does not belong to the cluster is refused with a reason, and the cluster continues
 * to serve.
 */
class UnauthenticatedPeersTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final LocalCluster cluster = LocalCluster.inMemory();

    @BeforeAll
    static void start() {
        cluster.startAll();
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    @AfterEach
    void everyReplicaContinuesToServe() {
        for (Coterie node : cluster.nodes()) {
            Store<String, String> store = texts(node);
            store.put("k", "v");
            assertEquals("v", store.get("k"));
            assertEquals(3, cluster.voting());
        }
    }

    private static Store<String, String> texts(Coterie node) {
        return node.store("texts", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    @Test
    void aNodeOfAnotherClusterIsRefused() {
        try (LogText log = new LogText();
                Coterie other = Coterie.builder()
                        .cluster("other")
                        .client("x")
                        .replica("a", "127.0.0.1:" + cluster.port("a"))
                        .replica("b", "127.0.0.1:" + cluster.port("b"))
                        .replica("c", "127.0.0.1:" + cluster.port("c"))
                        .operationTimeout(SHORT)
                        .start()) {
            String reason = "cluster name is 'test', ours is 'other'";
            awaitProblem(other, "a", reason);
            QuorumUnavailableException failure = assertThrows(
                    QuorumUnavailableException.class, () -> texts(other).get("k"));
            assertTrue(failure.getMessage().contains(reason), failure.getMessage());
            Await.until(
                    "both ends say so",
                    () -> log.contains("a refused 'x' of cluster 'other'")
                            && log.contains("give both the same cluster name, or correct the address"));
        }
    }

    @Test
    void aSecondNodeOfTheSameNameIsRefused() {
        Coterie first = cluster.client("twin");
        texts(first).put("k", "1");
        try (LogText log = new LogText();
                Coterie second = cluster.bare("twin").operationTimeout(SHORT).start()) {
            awaitProblem(second, "a", "another node named 'twin' is alive");
            assertThrows(QuorumUnavailableException.class, () -> texts(second).get("k"));
            Await.until("the log says what to do", () -> log.contains("stop or rename one of the two"));
            texts(first).put("k", "2");
            assertEquals("2", texts(first).get("k"));
        }
        cluster.close("twin");
    }

    @Test
    void aSecondReplicaOfTheSameNameIsRefused() {
        try (Coterie impostor = Coterie.builder()
                .cluster("test")
                .self("a")
                .replica("a", "127.0.0.1:" + LocalCluster.freePort())
                .replica("b", "127.0.0.1:" + cluster.port("b"))
                .replica("c", "127.0.0.1:" + cluster.port("c"))
                .operationTimeout(SHORT)
                .start()) {
            awaitProblem(impostor, "b", "another node named 'a' is alive");
            assertThrows(QuorumUnavailableException.class, () -> texts(impostor).get("k"));
        }
    }

    @Test
    void aReplicaBehindTheWrongPortIsNotTakenForAnother() {
        try (Coterie client = Coterie.builder()
                .cluster("test")
                .client("x")
                .replica("a", "127.0.0.1:" + cluster.port("a"))
                .replica("b", "127.0.0.1:" + cluster.port("c"))
                .replica("c", "127.0.0.1:" + LocalCluster.freePort())
                .operationTimeout(SHORT)
                .start()) {
            awaitProblem(client, "b", "the node at this address is 'c', not 'b'");
            awaitProblem(client, "c", "connection refused");
            QuorumUnavailableException failure = assertThrows(
                    QuorumUnavailableException.class, () -> texts(client).get("k"));
            assertTrue(failure.getMessage().contains("a=answered"), failure.getMessage());
            assertTrue(failure.getMessage().contains("not 'b'"), failure.getMessage());
        }
    }

    @Test
    void anotherProtocolVersionIsNamedInTheRefusal() throws IOException {
        ByteWriter hello = new ByteWriter();
        hello.putByte(1)
                .putInt(0x436F7472)
                .putByte(9)
                .putByte(12)
                .putLong(0)
                .putInt(1 << 20)
                .putLong(77);
        for (String name : new String[] {"test", "x", "a"}) {
            hello.putByte(name.length()).putBytes(name.getBytes(StandardCharsets.US_ASCII));
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), cluster.port("a"))) {
            socket.getOutputStream().write(frame(hello.toByteArray()));
            String answer = readToEnd(socket);
            assertTrue(answer.contains("it speaks protocol version 4, this node speaks versions 9 to 12"), answer);
        }
    }

    @Test
    void garbageLosesItsConnection() throws IOException {
        byte[] noise = new byte[4096];
        new Random(1).nextBytes(noise);
        noise[0] = (byte) 0xff;
        byte[][] attempts = {
            noise,
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
            {0x7f, -1, -1, -1},
            {0, 0, 0, 0},
            {-128, 0, 0, 0},
            frame(new byte[] {4, 1, 2, 3}),
            frame(new byte[] {1, 1, 2, 3})
        };
        for (byte[] attempt : attempts) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), cluster.port("a"))) {
                socket.getOutputStream().write(attempt);
                assertEquals("", readToEnd(socket), "nothing is sent to an unauthenticated peer");
            }
        }
    }

    private static void awaitProblem(Coterie node, String replica, String problem) {
        Await.until(
                node.self() + " hears: " + problem,
                () -> node.status().replicas().stream()
                        .filter(status -> status.id().name().equals(replica))
                        .anyMatch(status -> String.valueOf(status.problem()).contains(problem)));
    }

    private static byte[] frame(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        return new ByteWriter().putBlock(body).putInt((int) crc.getValue()).toByteArray();
    }

    /** What the other end sends until it closes the connection, which it must. */
    private static String readToEnd(Socket socket) throws IOException {
        socket.setSoTimeout(10_000);
        try (InputStream in = socket.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (SocketException reset) {
            return "";
        }
    }
}
