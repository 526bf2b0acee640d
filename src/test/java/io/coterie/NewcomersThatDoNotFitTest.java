package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.replication.ChangeRefusedException;
import io.coterie.replication.ChangeRefusedException.Reason;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A newcomer that cannot become a member is refused with what is wrong, and nothing changes. */
class NewcomersThatDoNotFitTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private LocalCluster cluster;

    @BeforeEach
    void start() {
        cluster = LocalCluster.in(directory).startAll();
    }

    @AfterEach
    void close() {
        assertEquals(1, cluster.node("a").status().epoch(), "nothing changes");
        Store<String, String> store =
                cluster.node("a").store("strong", Codec.utf8(), Codec.utf8(), Consistency.strong());
        store.put("k", "v");
        assertEquals("v", store.get("k"));
        cluster.close();
    }

    private ChangeRefusedException refused(MemberChange change, Reason reason) {
        ChangeRefusedException refused = assertThrows(ChangeRefusedException.class, () -> change.await(LIMIT));
        assertEquals(reason, refused.reason(), refused.getMessage());
        return refused;
    }

    private void says(ChangeRefusedException refused, String... parts) {
        for (String part : parts) {
            assertTrue(refused.getMessage().contains(part), refused.getMessage());
        }
    }

    private Coterie alone(String name, String self, int port) {
        return Coterie.builder()
                .cluster(name)
                .self(self)
                .replica(self, "127.0.0.1:" + port)
                .start();
    }

    @Test
    void oneThatHasFoundedAClusterOfItsOwn() {
        int port = LocalCluster.freePort();
        try (Coterie other = alone("test", "d", port)) {
            other.awaitReady(LIMIT);
            says(
                    refused(cluster.node("a").members().add("d", "127.0.0.1:" + port), Reason.OTHER_CLUSTER),
                    "add d",
                    "belongs to another cluster of the same name",
                    "give it an empty directory");
        }
    }

    @Test
    void oneOfAClusterOfAnotherName() {
        int port = LocalCluster.freePort();
        try (Coterie other = alone("else", "d", port)) {
            other.awaitReady(LIMIT);
            says(
                    refused(cluster.node("a").members().add("d", "127.0.0.1:" + port), Reason.NEWCOMER_SILENT),
                    "d does not answer",
                    "else");
        }
    }

    @Test
    void oneOfAnotherName() {
        int port = LocalCluster.freePort();
        try (Coterie other = alone("test", "e", port)) {
            other.awaitReady(LIMIT);
            says(
                    refused(cluster.node("a").members().add("d", "127.0.0.1:" + port), Reason.NEWCOMER_SILENT),
                    "the node at this address is 'e', not 'd'");
        }
    }

    @Test
    void oneThatSpeaksAnotherVersionOfTheProtocol() throws IOException {
        try (ServerSocket later = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread serving = new Thread(() -> refuseAll(later));
            serving.start();
            says(
                    refused(
                            cluster.node("a").members().add("d", "127.0.0.1:" + later.getLocalPort()),
                            Reason.NEWCOMER_SILENT),
                    "it speaks protocol versions 9 to 12, this node speaks version 4");
        }
    }

    /** What a later version answers to the hello of this one. */
    private static void refuseAll(ServerSocket later) {
        byte[] text =
                "it speaks protocol versions 9 to 12, this node speaks version 4".getBytes(StandardCharsets.US_ASCII);
        byte[] body = new ByteWriter()
                .putByte(3)
                .putByte(2)
                .putByte(text.length)
                .putBytes(text)
                .toByteArray();
        CRC32C crc = new CRC32C();
        crc.update(body);
        byte[] refusal =
                new ByteWriter().putBlock(body).putInt((int) crc.getValue()).toByteArray();
        while (true) {
            try (Socket dialer = later.accept()) {
                if (dialer.getInputStream().read() >= 0) {
                    dialer.getOutputStream().write(refusal);
                }
            } catch (IOException closed) {
                if (later.isClosed()) {
                    return;
                }
            }
        }
    }
}
