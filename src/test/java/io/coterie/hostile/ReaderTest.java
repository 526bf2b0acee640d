package io.coterie.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.ApiHooks;
import io.coterie.Coterie;
import io.coterie.CoterieBuilder;
import io.coterie.Scan;
import io.coterie.Store;
import io.coterie.Watch;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.Security;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.NotPermittedException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that only reads, and that the replicas hold to that by a secret of its own. */
class ReaderTest {
    private static final byte[] OF_REPLICAS = "drawn for the replicas".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OF_CLIENTS = "drawn for the clients".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OF_READERS = "drawn for the readers".getBytes(StandardCharsets.US_ASCII);
    private static final List<String> REPLICAS = List.of("a", "b", "c");

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private final LocalCluster cluster = LocalCluster.inMemory()
            .with(builder -> builder.operationTimeout(TIMEOUT)
                    .security(Security.sharedSecret(OF_REPLICAS)
                            .withClientSecret(OF_CLIENTS)
                            .withReaderSecret(OF_READERS)));
    private final List<AutoCloseable> others = new ArrayList<>();

    /** What the reader asked replicas for, and may not. */
    private final Set<String> presumed = new ConcurrentSkipListSet<>();

    private HonestWork writer;
    private HonestWork reader;
    private Coterie readingNode;

    @BeforeEach
    void start() {
        cluster.startAll();
        Coterie client =
                started(cluster.bare("client").operationTimeout(TIMEOUT).security(Security.sharedSecret(OF_CLIENTS)));
        writer = new HonestWork(client, "the writer");
        CoterieBuilder builder = cluster.bare("reader")
                .operationTimeout(TIMEOUT)
                .security(Security.sharedSecret(OF_READERS))
                .readOnly();
        readingNode = started(ApiHooks.around(builder, this::watching));
        reader = new HonestWork(readingNode, "the reader");
    }

    @AfterEach
    void aReaderAsksForNothingThatItMayNot() throws Exception {
        for (AutoCloseable other : others) {
            other.close();
        }
        cluster.close();
        assertEquals(Set.of(), presumed);
    }

    @Test
    void aReaderReadsScansAndWatches() throws InterruptedException {
        writer.strong().put("k", HonestWork.bytes("v"));
        writer.eventual().put("k", HonestWork.bytes("e"));

        assertArrayEquals(HonestWork.bytes("v"), reader.strong().get("k"));
        assertNull(reader.strong().get("none"));
        assertEquals(Set.of("k"), reader.strong().getAll(Set.of("k", "none")).keySet());
        assertEquals(Set.of("k"), reader.strong().scan(Scan.all(), 10).entries().keySet());
        Await.until("an eventual read", () -> reader.eventual().get("k") != null);
        CountDownLatch reported = new CountDownLatch(1);
        Watch watch = reader.strong().watch("k", change -> {
            byte[] value = change.value();
            if (value != null && new String(value, StandardCharsets.UTF_8).equals("w")) {
                reported.countDown();
            }
        });
        writer.strong().put("k", HonestWork.bytes("w"));
        assertTrue(reported.await(60, TimeUnit.SECONDS));
        watch.close();
    }

    @Test
    void changesAreRefusedToAReaderAtOnce() {
        Store<String, byte[]> strong = reader.strong();
        byte[] value = HonestWork.bytes("v");
        // No store is recorded yet: it would wait for that.
        for (Runnable change : List.<Runnable>of(
                () -> strong.put("k", value),
                () -> strong.delete("k"),
                () -> strong.putIfAbsent("k", value),
                () -> strong.compareAndSet("k", value, value),
                () -> strong.update("k", before -> value),
                () -> reader.eventual().put("k", value),
                () -> readingNode.counters("counted", Codec.utf8()).addAndGet("k", 1),
                () -> readingNode.coordination("jobs"))) {
            NotPermittedException failure = assertThrows(NotPermittedException.class, change::run);
            assertFalse(failure.maybeExecuted());
            assertTrue(failure.getMessage().contains("node reader is read-only"), failure.getMessage());
        }
    }

    @Test
    void aStoreThatNobodyHasOpenedIsNotRecordedByAReader() {
        Store<String, byte[]> strong = reader.strong();
        QuorumUnavailableException failure = assertThrows(
                QuorumUnavailableException.class,
                () -> strong.withTimeout(Duration.ofMillis(500)).get("k"));
        assertTrue(
                failure.getMessage().contains("is not recorded here, and a reader cannot record it"),
                failure.getMessage());

        writer.strong().put("k", HonestWork.bytes("v"));

        assertArrayEquals(HonestWork.bytes("v"), strong.get("k"));
    }

    @Test
    void aReadEndsWellBesideAChangeThatOneReplicaAloneHasAccepted() {
        writer.strong().put("k", HonestWork.bytes("v"));
        assertNotNull(reader.strong().get("k"));
        HostilePeer hostile = peer("hostile", OF_CLIENTS);
        introduce(hostile);
        for (String key : List.of("k", "k1", "k2", "k3")) {
            assertEquals(
                    "answered",
                    hostile.send("a", messages().change(HonestWork.bytes(key))).join());
        }
        cluster.close("c");

        for (String key : List.of("k", "k1", "k2", "k3")) {
            byte[] first = reader.strong().get(key);
            assertArrayEquals(first, reader.strong().get(key), key);
            assertArrayEquals(first, writer.strong().get(key), key);
        }
    }

    @Test
    void aReaderThatWritesAllTheSameIsRefusedByName() {
        writer.strong().put("k", HonestWork.bytes("v"));
        writer.eventual().put("k", HonestWork.bytes("v"));
        REPLICAS.forEach(replica -> new HonestWork(cluster.node(replica), replica).strong());
        HostilePeer hostile = peer("spy", OF_READERS);
        introduce(hostile);
        Set<String> changes = Set.of("replica.prepare", "replica.accept", "replica.merge", "replica.remove");
        for (HostileMessage message : messages().all()) {
            boolean changing = changes.stream().anyMatch(message.method()::startsWith)
                    || message.method().startsWith("strong.forward");
            for (String replica : changing ? REPLICAS : List.<String>of()) {
                String text = hostile.send(replica, message).join();
                assertTrue(text.startsWith("call of " + message.method()), text);
                assertTrue(text.contains("not permitted: the method needs the role"), text);
                assertTrue(text.contains("this node has the role reader there"), text);
            }
        }
        assertArrayEquals(HonestWork.bytes("v"), writer.strong().get("k"));
    }

    @Test
    void anEventualReadBringsNoReplicaUpToDate() {
        writer.eventual().put("k", HonestWork.bytes("v"));
        HostilePeer hostile = peer("hostile", OF_CLIENTS);
        introduce(hostile);
        assertEquals(
                "answered",
                hostile.send("a", messages().merge(HonestWork.EVENTUAL, HonestWork.bytes("k")))
                        .join());
        for (int i = 0; i < 20; i++) {
            assertNotNull(reader.eventual().get("k"));
        }
        // What it asked for is looked at in the end.
    }

    @Test
    void aReplicaIsNoReader() {
        IllegalStateException failure = assertThrows(
                IllegalStateException.class,
                () -> cluster.builder("a").readOnly().start());
        assertTrue(failure.getMessage().startsWith("readOnly is set, but a is a replica"), failure.getMessage());
    }

    private Coterie started(CoterieBuilder builder) {
        Coterie node = builder.start();
        others.add(node);
        return node;
    }

    private HostilePeer peer(String name, byte[] secret) {
        RpcNodeBuilder builder = RpcNode.builder().cluster("test").self(name).security(Security.sharedSecret(secret));
        REPLICAS.forEach(replica -> builder.peer(replica, "127.0.0.1:" + cluster.port(replica)));
        RpcNode node = builder.start();
        others.add(node);
        Await.until("connected", () -> REPLICAS.stream().map(NodeId::of).allMatch(node::isConnected));
        return new HostilePeer(node, REPLICAS.stream().map(NodeId::of).toList());
    }

    /** Has the replicas answer it for the two stores. */
    private static void introduce(HostilePeer hostile) {
        for (String replica : REPLICAS) {
            Await.until(
                    "recorded at " + replica,
                    () -> hostile.send(replica, messages().open(HonestWork.STRONG, false))
                            .join()
                            .equals("answered"));
            hostile.send(replica, messages().open(HonestWork.EVENTUAL, false)).join();
        }
    }

    private static HostileMessages messages() {
        return new HostileMessages(
                new SplittableRandom(7)::nextLong,
                System::currentTimeMillis,
                HonestWork.STRONG,
                HonestWork.EVENTUAL,
                REPLICAS);
    }

    /** The same node, which writes down what it asks for. */
    private RpcNode watching(RpcNode node) {
        return (RpcNode) Proxy.newProxyInstance(
                RpcNode.class.getClassLoader(), new Class<?>[] {RpcNode.class}, (proxy, called, arguments) -> {
                    for (Object argument : arguments == null ? new Object[0] : arguments) {
                        if (argument instanceof RpcMethod<?, ?> method
                                && !called.getName().startsWith("serve")
                                && method.minRole() != Role.READER) {
                            presumed.add(method.name());
                        }
                    }
                    try {
                        return called.invoke(node, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
