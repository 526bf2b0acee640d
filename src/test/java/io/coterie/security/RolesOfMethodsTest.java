package io.coterie.security;

import static io.coterie.rpc.node.Role.CLIENT;
import static io.coterie.rpc.node.Role.READER;
import static io.coterie.rpc.node.Role.REPLICA;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.coterie.ApiHooks;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.CallOptions;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each method that a replica serves lets in whom it was decided that it does, and nobody else. */
class RolesOfMethodsTest {
    /** What was decided. A method that is not here was not thought about. */
    private static final Map<String, Role> DECIDED = Map.ofEntries(
            // What replicas do among themselves.
            Map.entry("replica.register", REPLICA),
            Map.entry("replica.policy", REPLICA),
            Map.entry("replica.digests", REPLICA),
            Map.entry("replica.copies", REPLICA),
            Map.entry("replica.keep.prepare", REPLICA),
            Map.entry("replica.keep.accept", REPLICA),
            Map.entry("replica.adopt", REPLICA),
            Map.entry("replica.list", REPLICA),
            Map.entry("replica.transfer", REPLICA),
            Map.entry("replica.join", REPLICA),
            Map.entry("replica.progress", REPLICA),
            Map.entry("replica.silences", REPLICA),
            Map.entry("replica.remove", REPLICA),
            Map.entry("replica.remove.batch", REPLICA),
            // What changes a record.
            Map.entry("replica.prepare", CLIENT),
            Map.entry("replica.prepare.batch", CLIENT),
            Map.entry("replica.accept", CLIENT),
            Map.entry("replica.accept.batch", CLIENT),
            Map.entry("replica.merge", CLIENT),
            Map.entry("replica.merge.batch", CLIENT),
            Map.entry("strong.forward/strong", CLIENT),
            Map.entry("strong.goes-on/strong", CLIENT),
            // A spare is no replica yet.
            Map.entry("replica.spare", CLIENT),
            // What changes none: a reader opens a store that is recorded, and settling completes
            // what a writer began.
            Map.entry("replica.open", READER),
            Map.entry("replica.report", READER),
            Map.entry("replica.configuration", READER),
            Map.entry("replica.identity", READER),
            Map.entry("replica.read", READER),
            Map.entry("replica.read.batch", READER),
            Map.entry("replica.fetch", READER),
            Map.entry("replica.fetch.batch", READER),
            Map.entry("replica.scan", READER),
            Map.entry("replica.watch", READER),
            Map.entry("strong.settle", READER),
            Map.entry("coterie.heartbeat", READER),
            Map.entry("coterie.heartbeat-echo", READER),
            Map.entry("coterie.sighting", READER));

    private static final byte[] OF_REPLICAS = "drawn for the replicas".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OF_CLIENTS = "drawn for the clients".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OF_READERS = "drawn for the readers".getBytes(StandardCharsets.US_ASCII);
    private static final NodeId A = NodeId.of("a");

    private final Map<String, Role> served = new ConcurrentSkipListMap<>();
    private final Map<String, RpcNode> replicas = new HashMap<>();
    private final List<RpcNode> callers = new ArrayList<>();
    private final LocalCluster cluster = LocalCluster.inMemory()
            .with(builder -> builder.security(Security.sharedSecret(OF_REPLICAS)
                    .withClientSecret(OF_CLIENTS)
                    .withReaderSecret(OF_READERS)));

    @AfterEach
    void close() {
        callers.forEach(RpcNode::close);
        cluster.close();
    }

    @Test
    void eachMethodThatAReplicaServesLetsInWhomItShould() {
        cluster.with(builder -> ApiHooks.around(builder, this::keeping));
        cluster.start("a", "b");
        cluster.node("a").store("strong", Codec.utf8(), Codec.utf8(), Consistency.strong());
        cluster.node("a").store("eventual", Codec.utf8(), Codec.utf8(), Consistency.eventual());
        Await.until("all methods are served", () -> served.size() >= DECIDED.size());
        assertEquals(new TreeMap<>(DECIDED), new TreeMap<>(served), "decide who may call each method");

        Map<Role, RpcNode> nodes = Map.of(
                REPLICA,
                Objects.requireNonNull(replicas.get("b")),
                CLIENT,
                caller("client", OF_CLIENTS),
                READER,
                caller("reader", OF_READERS));
        nodes.forEach((role, node) -> {
            Await.until(role + " is connected", () -> node.isConnected(A));
            DECIDED.forEach((method, least) ->
                    assertEquals(role.covers(least), isLetIn(node, method), "a " + role + " calls " + method));
        });
    }

    /** Calls with bytes that no method can read, or passes over. */
    private static boolean isLetIn(RpcNode node, String method) {
        boolean again = !method.startsWith("strong.forward");
        RpcMethod<byte[], byte[]> raw = new RpcMethod<>(method, Codec.bytes(), Codec.bytes(), again);
        // Heartbeats are never answered.
        Duration timeout = method.startsWith("coterie.") ? Duration.ofMillis(300) : Duration.ofSeconds(60);
        try {
            node.call(A, raw, new byte[] {1}, CallOptions.within(timeout)).join();
            return true;
        } catch (CompletionException e) {
            return !(e.getCause() instanceof NotPermittedException);
        }
    }

    private RpcNode caller(String name, byte[] secret) {
        RpcNode node = RpcNode.builder()
                .cluster("test")
                .self(name)
                .peer("a", "127.0.0.1:" + cluster.port("a"))
                .security(Security.sharedSecret(secret))
                .start();
        callers.add(node);
        return node;
    }

    /**
     * A replica proves its name by a key: the real one calls, with messages that it would not send.
     */
    private RpcNode keeping(RpcNode node) {
        replicas.put(node.self().name(), node);
        return node.self().equals(A) ? recording(node) : node;
    }

    /** The same node, which writes down what it serves. */
    private RpcNode recording(RpcNode node) {
        return (RpcNode) Proxy.newProxyInstance(
                RpcNode.class.getClassLoader(), new Class<?>[] {RpcNode.class}, (proxy, called, arguments) -> {
                    if (called.getName().startsWith("serve")) {
                        RpcMethod<?, ?> method = (RpcMethod<?, ?>) arguments[0];
                        assertFalse(served.containsKey(method.name()));
                        served.put(method.name(), method.minRole());
                    }
                    try {
                        return called.invoke(node, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
