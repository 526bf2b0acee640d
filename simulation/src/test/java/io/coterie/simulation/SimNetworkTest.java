package io.coterie.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimNetworkTest {
    private final EchoCluster cluster = new EchoCluster(23);
    private final SimNetwork network = cluster.simulation.network();

    @Test
    void aPerfectNetworkDeliversEveryMessageOnceInOrder() {
        cluster.send(cluster.a, cluster.b, 3);
        cluster.runMillis(10);

        assertEquals(List.of("a:0", "a:1", "a:2"), cluster.heardBy(cluster.b));
    }

    @Test
    void aPartitionCutsBothWaysUntilItIsHealed() {
        network.partition(List.of(cluster.a), List.of(cluster.b, cluster.c));
        cluster.send(cluster.a, cluster.b, 2);
        cluster.send(cluster.c, cluster.a, 2);
        cluster.send(cluster.b, cluster.c, 2);
        cluster.runMillis(10);
        assertEquals(List.of(), cluster.heardBy(cluster.a));
        assertEquals(List.of(), cluster.heardBy(cluster.b));
        assertEquals(List.of("b:0", "b:1"), cluster.heardBy(cluster.c));

        network.heal();
        cluster.send(cluster.a, cluster.b, 1);
        cluster.runMillis(10);
        assertEquals(List.of("a:2"), cluster.heardBy(cluster.b));
    }

    @Test
    void aOneWayCutLetsTheOtherWayThrough() {
        network.cut(cluster.a, cluster.b);
        cluster.send(cluster.a, cluster.b, 1);
        cluster.send(cluster.b, cluster.a, 1);
        cluster.runMillis(10);

        assertEquals(List.of(), cluster.heardBy(cluster.b));
        assertEquals(List.of("b:0"), cluster.heardBy(cluster.a));
        network.heal(cluster.a, cluster.b);
        assertFalse(network.isCut(cluster.a, cluster.b));
    }

    @Test
    void anIsolatedNodeStillHearsItself() {
        network.isolate(cluster.a);
        cluster.send(cluster.a, cluster.a, 1);
        cluster.send(cluster.a, cluster.c, 1);
        cluster.runMillis(10);

        assertEquals(List.of("a:0"), cluster.heardBy(cluster.a));
        assertEquals(List.of(), cluster.heardBy(cluster.c));
    }

    @Test
    void aCutLosesMessagesInFlight() {
        network.faults(NetworkFaults.none().withDelay(Duration.ofMillis(5), Duration.ofMillis(5)));
        cluster.send(cluster.a, cluster.b, 1);
        cluster.runMillis(1);
        network.cutBoth(cluster.a, cluster.b);
        cluster.runMillis(10);

        assertEquals(List.of(), cluster.heardBy(cluster.b));
    }

    @Test
    void lossAndDuplicationHappenAsOftenAsSet() {
        network.faults(NetworkFaults.none().withLoss(0.2));
        cluster.send(cluster.a, cluster.b, 10_000);
        cluster.runMillis(11_000);
        assertEquals(8_000, cluster.heardBy(cluster.b).size(), 200);

        network.faults(NetworkFaults.none().withDuplication(0.2));
        cluster.send(cluster.a, cluster.c, 10_000);
        cluster.runMillis(11_000);
        assertEquals(12_000, cluster.heardBy(cluster.c).size(), 200);
    }

    @Test
    void jitterLetsMessagesOvertakeEachOther() {
        network.faults(NetworkFaults.none().withDelay(Duration.ofMillis(1), Duration.ofMillis(20)));
        cluster.send(cluster.a, cluster.b, 100);
        cluster.runMillis(200);

        List<String> inOrder = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            inOrder.add("a:" + i);
        }
        assertNotEquals(inOrder, cluster.heardBy(cluster.b));
        assertTrue(cluster.heardBy(cluster.b).containsAll(inOrder));
    }

    @Test
    void oneLinkMayBeWorseThanTheOthers() {
        network.faults(cluster.a, cluster.b, NetworkFaults.none().withLoss(1));
        cluster.send(cluster.a, cluster.b, 1);
        cluster.send(cluster.a, cluster.c, 1);
        cluster.runMillis(10);

        assertEquals(List.of(), cluster.heardBy(cluster.b));
        assertEquals(List.of("a:1"), cluster.heardBy(cluster.c));
    }

    @Test
    void aLinkWithARateSendsOneMessageAfterTheOther() {
        network.rate(cluster.a, cluster.b, Long.BYTES * 100);
        cluster.send(cluster.a, cluster.b, 3);
        cluster.send(cluster.b, cluster.a, 3);
        cluster.runMillis(15);
        assertEquals(List.of("a:0"), cluster.heardBy(cluster.b));
        assertEquals(List.of("b:0", "b:1", "b:2"), cluster.heardBy(cluster.a));
        cluster.runMillis(10);
        assertEquals(List.of("a:0", "a:1"), cluster.heardBy(cluster.b));

        network.rate(cluster.a, cluster.b, SimNetwork.NO_LIMIT);
        cluster.send(cluster.a, cluster.b, 1);
        cluster.runMillis(10);
        assertEquals(List.of("a:0", "a:1", "a:2", "a:3"), cluster.heardBy(cluster.b));
        assertEquals(7, network.sent());
        assertEquals(7 * Long.BYTES, network.sentBytes());
    }

    @Test
    void anUrgentMessageWaitsForOneOtherAtMost() {
        network.rate(cluster.a, cluster.b, Long.BYTES * 100);
        Echo a = cluster.echo(cluster.a);
        for (int i = 0; i < 16; i++) {
            a.send("b", i);
        }
        cluster.runMillis(12);
        a.sendUrgent("b", 99);
        cluster.runMillis(35);
        List<String> heard = cluster.heardBy(cluster.b);
        assertTrue(heard.subList(0, 4).contains("a:99"), heard::toString);
    }

    @Test
    void linksWithoutTheirOwnRateHaveThatOfTheNetwork() {
        network.rate(Long.BYTES * 100);
        network.rate(cluster.a, cluster.c, Long.BYTES * 1000);
        cluster.send(cluster.a, cluster.b, 2);
        cluster.send(cluster.a, cluster.c, 2);
        cluster.runMillis(15);
        assertEquals(List.of("a:0"), cluster.heardBy(cluster.b));
        assertEquals(2, cluster.heardBy(cluster.c).size());
        assertThrows(IllegalArgumentException.class, () -> network.rate(0));
    }

    @Test
    void messagesToADeadOrPausedNodeAreLostOrWait() {
        cluster.b.kill();
        cluster.c.pause();
        cluster.send(cluster.a, cluster.b, 1);
        cluster.send(cluster.a, cluster.c, 1);
        cluster.runMillis(10);
        cluster.b.start();
        cluster.c.resume();
        cluster.runMillis(10);

        assertEquals(List.of(), cluster.heardBy(cluster.b));
        assertEquals(List.of("a:1"), cluster.heardBy(cluster.c));
    }

    @Test
    void messagesOfADeadStartAreDropped() {
        Echo old = cluster.echo(cluster.a);
        cluster.a.restart();

        assertFalse(old.send("b", 1));
        assertFalse(cluster.echo(cluster.a).send("nobody", 1));
        cluster.runMillis(10);
        assertEquals(List.of(), cluster.heardBy(cluster.b));
    }

    @Test
    void aSenderMayReuseItsBufferAReceiverMayNotKeepIt() {
        List<ByteBuffer> kept = new ArrayList<>();
        List<Long> read = new ArrayList<>();
        SimNode keeper = cluster.simulation.node(
                "keeper",
                start -> start.transport().start(new Transport.Receiver() {
                    @Override
                    public void onMessage(NodeId from, ByteBuffer message) {
                        read.add(message.getLong(message.position()));
                        kept.add(message);
                    }

                    @Override
                    public void onConnected(NodeId peer) {}

                    @Override
                    public void onDisconnected(NodeId peer, String reason) {}
                }));
        keeper.start();
        ByteBuffer message = ByteBuffer.allocate(8).putLong(0, 42);
        cluster.a.execute(() -> {
            cluster.echo(cluster.a).send("keeper", 42);
            message.putLong(0, 43);
        });
        cluster.runMillis(10);

        assertEquals(List.of(42L), read);
        assertNotEquals(42L, kept.get(0).getLong(0));
    }

    @Test
    void connectionsAreSignaledOnlyOnRequest() {
        cluster.send(cluster.a, cluster.b, 1);
        cluster.runMillis(5);
        network.signalsConnections(true);
        cluster.send(cluster.a, cluster.c, 1);
        cluster.runMillis(5);
        cluster.c.kill();
        cluster.runMillis(5);

        assertEquals(List.of("a:0"), cluster.heardBy(cluster.b));
        assertEquals(List.of("+a", "a:1"), cluster.heardBy(cluster.c));
        assertEquals(List.of("+c", "-c"), cluster.heardBy(cluster.a));
        assertFalse(cluster.echo(cluster.a).send("c", 9));
        cluster.c.start();
        assertTrue(cluster.echo(cluster.a).send("c", 9));
    }
}
