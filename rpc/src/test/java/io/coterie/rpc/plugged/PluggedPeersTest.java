package io.coterie.rpc.plugged;

import static io.coterie.rpc.plugged.Stage.A;
import static io.coterie.rpc.plugged.Stage.B;
import static io.coterie.rpc.plugged.Stage.C;
import static io.coterie.rpc.plugged.Stage.ECHO;
import static io.coterie.rpc.plugged.Stage.ONE_SECOND;
import static io.coterie.rpc.plugged.Stage.RETRY;
import static io.coterie.rpc.plugged.Stage.failureOf;
import static io.coterie.rpc.plugged.Stage.ignore;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.NodeLoop;
import io.coterie.rpc.RetryBudget;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.ConnectionLostException;
import io.coterie.rpc.error.NotPermittedException;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import io.coterie.rpc.spi.Transport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Peers that come and go while a node runs, over a transport of a user's own. */
class PluggedPeersTest {
    private static final HostPort ADDRESS = new HostPort("10.0.0.1", 7400);

    private final Stage stage = new Stage();

    @Test
    void theTransportGetsEachChangeInOrderAndInALaterTurn() {
        Recording recording = new Recording(stage.network.transportOf("a"));
        RpcNode a = RpcNode.builder()
                .cluster("test")
                .self("a")
                .transport(recording)
                .world(stage.world.world())
                .start();
        HostPort moved = new HostPort("10.0.0.2", 7400);

        a.loop().setPeer(B, ADDRESS);
        a.loop().setPeer(B, moved);
        a.loop().setPeer(A, ADDRESS);
        a.loop().setReplicas(Set.of(A, B));
        a.loop().removePeer(B);

        assertEquals(List.of(), recording.changes);
        stage.world.run();
        assertEquals(
                List.of("set b 10.0.0.1:7400", "set b 10.0.0.2:7400", "replicas 2", "remove b"), recording.changes);
        a.loop().removePeer(B);
        a.close();
        stage.world.run();
        assertEquals(4, recording.changes.size());
    }

    @Test
    void theNumberOfPeersThatAreSetIsBounded() {
        RpcNode a = stage.node("a");
        Set<NodeId> names = new HashSet<>();
        for (int i = 0; i < NodeLoop.MAX_SET_PEERS; i++) {
            names.add(NodeId.of("peer" + i));
        }
        names.forEach(name -> a.loop().setPeer(name, ADDRESS));
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> a.loop().setPeer(B, ADDRESS));
        assertTrue(refused.getMessage().contains("remove one by removePeer first"), refused.getMessage());
        NodeId one = names.iterator().next();
        a.loop().setPeer(one, ADDRESS);

        a.loop().removePeer(one);
        a.loop().setPeer(B, ADDRESS);

        a.loop().setReplicas(names);
        names.add(B);
        assertThrows(IllegalArgumentException.class, () -> a.loop().setReplicas(names));
    }

    @Test
    void callsInFlightToAPeerThatIsRemovedEnd() {
        RpcNode a = stage.node("a");
        RpcNode b = stage.node("b");
        b.serveInline(ECHO, (caller, text, answer) -> {});
        CompletableFuture<String> call = a.call(B, ECHO, "x", ONE_SECOND);
        stage.world.run();
        assertFalse(call.isDone());

        a.loop().removePeer(B);
        stage.world.run();

        assertTrue(failureOf(ConnectionLostException.class, call).maybeExecuted());
    }

    @Test
    void theRetryBudgetOfAPeerGoesWithIt() {
        RpcNode a = stage.node("a", builder -> builder.retryBudget(new RetryBudget(0, 0)));
        stage.node("b").serveInline(ECHO, (caller, text) -> {
            throw OverloadedException.ofHandler("full", null);
        });
        long burst = retries(a, 100);
        assertEquals(0, retries(a, 100));

        // A call that waits for its next attempt holds what is known of the peer.
        stage.network.stuck.add(A);
        CompletableFuture<String> waiting = a.call(B, ECHO, "x", ONE_SECOND.retrying(RETRY));
        a.loop().removePeer(B);
        stage.world.run();
        assertFalse(waiting.isDone());
        stage.network.stuck.clear();

        assertEquals(burst, retries(a, 100));
    }

    private long retries(RpcNode node, int calls) {
        long before = node.metrics().retries();
        for (int i = 0; i < calls; i++) {
            ignore(node.call(B, ECHO, "x", ONE_SECOND.retrying(RETRY.withMaxAttempts(2))));
        }
        stage.pass(1000);
        return node.metrics().retries() - before;
    }

    @Test
    void onlyThoseThatAreNamedAreReplicas() {
        RpcNode a = stage.node("a");
        RpcNode b = stage.node("b");
        b.serveInline(ECHO.allowedTo(Role.REPLICA), (caller, text) -> text);
        assertEquals(Role.REPLICA, b.loop().role(A));

        b.loop().setReplicas(Set.of(B, C));

        assertEquals(Role.CLIENT, b.loop().role(A));
        assertEquals(Role.REPLICA, b.loop().role(C));
        CompletableFuture<String> call = a.call(B, ECHO, "x", ONE_SECOND);
        stage.world.run();
        failureOf(NotPermittedException.class, call);
        stage.network.roles = node -> Role.READER;
        assertEquals(Role.READER, b.loop().role(C));
        assertEquals(Role.READER, b.loop().role(A));

        stage.network.roles = node -> Role.REPLICA;
        b.loop().setReplicas(Set.of(A));

        assertEquals(Role.REPLICA, b.loop().role(A));
        assertEquals(Role.CLIENT, b.loop().role(C));
        assertEquals(Role.REPLICA, b.loop().role(B));
    }

    /** Notes what the node has it do besides carrying messages. */
    private static final class Recording implements Transport {
        final List<String> changes = new ArrayList<>();
        private final Transport real;

        Recording(Transport real) {
            this.real = real;
        }

        @Override
        public void start(Receiver receiver) {
            real.start(receiver);
        }

        @Override
        public boolean send(NodeId to, ByteBuffer message) {
            return real.send(to, message);
        }

        @Override
        public int maxMessageBytes() {
            return real.maxMessageBytes();
        }

        @Override
        public void setPeer(NodeId peer, HostPort address) {
            changes.add("set " + peer + " " + address);
        }

        @Override
        public void removePeer(NodeId peer) {
            changes.add("remove " + peer);
        }

        @Override
        public void setReplicas(Set<NodeId> replicas) {
            changes.add("replicas " + replicas.size());
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
