package io.coterie.security;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.CallOptions;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.Security;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.KeyFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody who knows the secret of the replicas, and goes by the name of one of them. */
class ReplicaImpostorTest {
    private static final Security SECURITY =
            Security.sharedSecret("drawn for these tests".getBytes(StandardCharsets.US_ASCII));
    private static final List<NodeId> OTHERS = List.of(NodeId.of("a"), NodeId.of("b"));

    @TempDir
    Path directory;

    private LocalCluster cluster = LocalCluster.inMemory();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void nobodyRegistersAsAReplicaThatHasNotStartedYet() {
        cluster = secured(LocalCluster.in(directory));
        cluster.start("a", "b");
        impersonate(false, null);
        impersonate(true, null);
        impersonate(true, Storage.directory(directory.resolve("impostor")).keyFiles());

        cluster.start("c");

        Await.until("all replicas vote", () -> cluster.voting() == 3);
        cluster.close("a", "b", "c");
        cluster.startAll();
        assertTrue(Files.exists(directory.resolve("c").resolve("node.key")));
    }

    /** Does what a replica does that has lost its memory, as far as it is let in. */
    private void impersonate(boolean showsKey, @Nullable KeyFiles files) {
        RpcNodeBuilder builder = RpcNode.builder().cluster("test").self("c").security(SECURITY);
        if (showsKey) {
            builder.nodeKey(files);
        }
        OTHERS.forEach(other -> builder.peer(other.name(), "127.0.0.1:" + cluster.port(other.name())));
        try (RpcNode impostor = builder.start()) {
            for (NodeId other : OTHERS) {
                Await.until(
                        "let in or refused",
                        () -> impostor.isConnected(other)
                                || String.valueOf(impostor.lastFailure(other)).startsWith("refused at "));
                try {
                    impostor.call(other, REGISTER, registration(), CallOptions.within(Duration.ofSeconds(5)))
                            .join();
                } catch (CompletionException refused) {
                    assertTrue(refused.getCause().getMessage().contains("key"), refused.toString());
                }
            }
        }
    }

    private static final RpcMethod<byte[], byte[]> REGISTER =
            new RpcMethod<>("replica.register", Codec.bytes(), Codec.bytes(), true);

    private static byte[] registration() {
        ByteWriter out = new ByteWriter();
        out.putBlock("a, b, c".getBytes(StandardCharsets.UTF_8)).putLong(4711);
        return out.putByte(0).putByte(1).putLong(4712).toByteArray();
    }

    @Test
    void aReplicaThatKeepsNothingIsStillFoundOutWhenItIsStartedAgain() {
        cluster = secured(LocalCluster.inMemory()).startAll();
        cluster.close("c");

        cluster.start("c");

        Await.until(
                "c takes the place of the records that it has lost",
                () -> cluster.node("a").status().epoch() == 3);
    }

    private static LocalCluster secured(LocalCluster cluster) {
        return cluster.with(builder -> builder.security(SECURITY).operationTimeout(Duration.ofSeconds(60)));
    }
}
