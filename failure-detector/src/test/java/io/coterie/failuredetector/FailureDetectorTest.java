package io.coterie.failuredetector;

import static io.coterie.failuredetector.PeerState.DOWN;
import static io.coterie.failuredetector.PeerState.SUSPECTED;
import static io.coterie.failuredetector.PeerState.UNKNOWN;
import static io.coterie.failuredetector.PeerState.UP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailureDetectorTest {
    private static final FailureDetection DEFAULTS = FailureDetection.phiAccrual();
    private static final List<String> BOTH_UP = List.of("b UNKNOWN UP", "c UNKNOWN UP");

    private final WatchCluster cluster = new WatchCluster(42);

    @Test
    void nodesThatWatchEachOtherSeeEachOtherUp() {
        Trio trio = trio(DEFAULTS);
        assertEquals(UNKNOWN, cluster.state(trio.a, trio.b));
        cluster.runMillis(150);
        assertEquals(UP, cluster.state(trio.a, trio.b));
        assertEquals(UP, cluster.state(trio.a, trio.c));
        assertEquals(UP, cluster.state(trio.a, trio.a));
    }

    @Test
    void aPeerThatNeverSentAnythingStaysUnknown() {
        SimNode a = cluster.watching("a", DEFAULTS, "b");
        cluster.runMillis(60_000);
        assertEquals(UNKNOWN, cluster.detector(a).state(NodeId.of("b")));
        assertEquals(UNKNOWN, cluster.detector(a).state(NodeId.of("unwatched")));
    }

    @Test
    void aCallOfAHeartbeatIsAnsweredAtOnce() {
        SimNode a = cluster.watching("a", DEFAULTS);
        SimNode caller = cluster.bare("caller");
        List<NodeId> answered = new ArrayList<>();
        for (String name : List.of(Heartbeat.BEAT, Heartbeat.ECHO)) {
            RpcMethod<Heartbeat, Heartbeat> method = Heartbeat.method(name, new Heartbeat());
            caller.execute(() -> cluster.rpc(caller)
                    .loop()
                    .send(a.id(), method, new Heartbeat(), TimeUnit.MINUTES.toNanos(1), new ReplyHandler<>() {
                        @Override
                        public void onReply(NodeId peer, Heartbeat response) {
                            answered.add(peer);
                        }

                        @Override
                        public void onFailure(NodeId peer, RpcException failure) {
                            throw new AssertionError(failure);
                        }
                    }));
        }
        cluster.runMillis(1_000);
        assertEquals(List.of(a.id(), a.id()), answered);
    }

    @Test
    void aStoppedPeerIsNoticedWithinASecondAndAHalf() {
        Trio trio = trio(DEFAULTS);
        cluster.runMillis(60_000);
        trio.b.pause();
        cluster.runMillis(900);
        assertEquals(UP, cluster.state(trio.a, trio.b));
        cluster.runMillis(250);
        assertEquals(SUSPECTED, cluster.state(trio.a, trio.b));
        cluster.runMillis(200);
        assertEquals(DOWN, cluster.state(trio.a, trio.b));
        assertEquals(UP, cluster.state(trio.a, trio.c));
    }

    @Test
    void aFixedTimeoutIsKeptToWithinOneInterval() {
        Trio trio = trio(FailureDetection.fixedTimeout(Duration.ofSeconds(2)));
        cluster.runMillis(10_000);
        trio.b.pause();
        cluster.runMillis(1_850);
        assertEquals(SUSPECTED, cluster.state(trio.a, trio.b));
        cluster.runMillis(300);
        assertEquals(DOWN, cluster.state(trio.a, trio.b));
    }

    @Test
    void aLostConnectionSuspectsAtOnceThenSilenceMeansDown() {
        cluster.simulation.network().signalsConnections(true);
        Trio trio = trio(DEFAULTS);
        cluster.runMillis(10_050);
        trio.b.kill();
        cluster.runMillis(1);
        assertEquals(SUSPECTED, cluster.state(trio.a, trio.b));
        cluster.runMillis(800);
        assertEquals(SUSPECTED, cluster.state(trio.a, trio.b));
        cluster.runMillis(600);
        assertEquals(DOWN, cluster.state(trio.a, trio.b));
    }

    @Test
    void aPeerThatComesBackIsUpWithItsFirstMessage() {
        Trio trio = trio(DEFAULTS);
        cluster.runMillis(10_050);
        trio.b.kill();
        cluster.runMillis(5_000);
        assertEquals(DOWN, cluster.state(trio.a, trio.b));
        cluster.restart(trio.b, DEFAULTS, trio.a.id(), trio.c.id());
        cluster.runMillis(1);
        assertEquals(UP, cluster.state(trio.a, trio.b));
    }

    @Test
    void listenersGetEachChangeOnceAndInOrder() {
        cluster.simulation.network().signalsConnections(true);
        Trio trio = trio(DEFAULTS);
        cluster.note(trio.a);
        cluster.runMillis(5_000);
        trio.b.pause();
        cluster.runMillis(5_000);
        trio.b.resume();
        cluster.runMillis(5_050);
        trio.c.kill();
        cluster.runMillis(100);
        cluster.restart(trio.c, DEFAULTS, trio.a.id(), trio.b.id());
        cluster.runMillis(5_000);
        assertEquals(
                List.of(
                        "b UNKNOWN UP",
                        "c UNKNOWN UP",
                        "b UP SUSPECTED",
                        "b SUSPECTED DOWN",
                        "b DOWN UP",
                        "c UP SUSPECTED",
                        "c SUSPECTED UP"),
                cluster.changes);
    }

    @Test
    void aLateListenerFirstReceivesWhatIsKnown() {
        Trio trio = trio(DEFAULTS);
        cluster.runMillis(5_000);
        trio.b.kill();
        cluster.runMillis(5_000);
        cluster.note(trio.a);
        cluster.runMillis(5_000);
        assertEquals(List.of("b UNKNOWN DOWN", "c UNKNOWN UP"), cluster.changes);
    }

    @Test
    void aListenerThatThrowsHarmsNothingElse() {
        Trio trio = trio(DEFAULTS);
        cluster.detector(trio.a)
                .addListener(
                        (peer, before, now) -> {
                            throw new IllegalStateException("the listener's own fault");
                        },
                        Runnable::run);
        cluster.note(trio.a);
        cluster.runMillis(1_000);
        trio.b.kill();
        cluster.runMillis(2_000);
        assertEquals(List.of("b UNKNOWN UP", "c UNKNOWN UP", "b UP SUSPECTED", "b SUSPECTED DOWN"), cluster.changes);
    }

    @Test
    void anyMessageCountsAsAnArrival() {
        SimNode a = cluster.watching("a", DEFAULTS, "b");
        SimNode b = cluster.bare("b");
        cluster.note(a);
        for (int i = 0; i < 100; i++) {
            cluster.chatter(b, a, 1);
            cluster.runMillis(700);
        }
        assertEquals(List.of("b UNKNOWN UP"), cluster.changes);
    }

    @Test
    void theEndOfBusyTrafficRaisesNoSuspicion() {
        Trio trio = trio(FailureDetection.phiAccrual()
                .withAcceptablePause(Duration.ZERO)
                .withMinimumDeviation(Duration.ofMillis(10)));
        cluster.note(trio.a);
        for (int i = 0; i < 1_000; i++) {
            cluster.chatter(trio.b, trio.a, 20);
            cluster.runMillis(1);
        }
        cluster.runMillis(10_000);
        assertEquals(BOTH_UP, cluster.changes);
    }

    @ParameterizedTest
    @ValueSource(ints = {700, 1_500, 3_000, 60_000})
    void aNodeThatWakesFromAPauseSuspectsNobody(int pause) {
        int heartbeatsFirst = 10_000;
        int judgementFirst = 10_050;
        for (int before : new int[] {heartbeatsFirst, judgementFirst}) {
            WatchCluster fresh = new WatchCluster(before);
            SimNode a = trio(fresh, DEFAULTS).a;
            fresh.note(a);
            fresh.runMillis(before);
            a.pause();
            fresh.runMillis(pause);
            a.resume();
            fresh.runMillis(10_000);
            assertEquals(BOTH_UP, fresh.changes);
        }
    }

    @Test
    void aNodeThatIsAlwaysLateStillNoticesAStoppedPeer() {
        Trio trio = trio(DEFAULTS);
        cluster.runMillis(10_000);
        trio.b.pause();
        for (int i = 0; i < 20; i++) {
            trio.a.pause();
            cluster.runMillis(400);
            trio.a.resume();
            cluster.runMillis(1);
        }
        assertEquals(DOWN, cluster.state(trio.a, trio.b));
        assertEquals(UP, cluster.state(trio.a, trio.c));
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 20})
    void anHourOfLostHeartbeatsIsNotALostPeer(int percent) {
        cluster.simulation.network().faults(NetworkFaults.none().withLoss(percent / 100.0));
        Trio trio = trio(DEFAULTS);
        cluster.note(trio.a);
        cluster.runMillis(3_600_000);
        assertEquals(
                List.of(),
                cluster.changes.stream()
                        .filter(change -> change.endsWith("DOWN"))
                        .toList());
    }

    @Test
    void anHourOfStallsOfSomeHundredMillisecondsRaisesNoSuspicion() {
        Trio trio = trio(DEFAULTS);
        cluster.note(trio.a);
        cluster.runMillis(1_000);
        List<SimNode> nodes = List.of(trio.a, trio.b, trio.c);
        for (int i = 0; i < 5_000; i++) {
            SimNode stalled = nodes.get(i % 3);
            stalled.pause();
            cluster.runMillis(cluster.simulation.random().between(0, 700));
            stalled.resume();
            cluster.runMillis(cluster.simulation.random().between(0, 700));
        }
        assertEquals(BOTH_UP, cluster.changes);
    }

    @Test
    void aClientWatchesReplicasThatDoNotWatchIt() {
        Trio trio = trio(DEFAULTS);
        cluster.note(trio.a);
        SimNode client = cluster.watching("client", DEFAULTS, "a", "b", "c");
        cluster.runMillis(10_000);
        trio.b.kill();
        cluster.runMillis(5_000);
        assertEquals(UP, cluster.state(client, trio.a));
        assertEquals(DOWN, cluster.state(client, trio.b));
        assertEquals(UNKNOWN, cluster.state(trio.a, client));
        assertTrue(cluster.changes.stream().noneMatch(change -> change.startsWith("client")));
    }

    @Test
    void nodesThatWatchNobodyDoNotAnswerEachOtherForEver() {
        SimNode a = cluster.watching("a", DEFAULTS);
        SimNode b = cluster.watching("b", DEFAULTS);
        cluster.beat(b, a);
        cluster.runMillis(10_000);
        assertEquals(2, cluster.simulation.network().sent());
    }

    @Test
    void aClosedDetectorSendsAndReportsNothing() {
        SimNode a = cluster.watching("a", DEFAULTS, "b", "c");
        SimNode b = cluster.bare("b");
        SimNode c = cluster.bare("c");
        SimNode client = cluster.bare("client");
        cluster.note(a);
        cluster.beat(b, a);
        cluster.runMillis(500);
        cluster.detector(a).close();
        cluster.detector(a).close();
        long sent = cluster.simulation.network().sent();
        cluster.beat(c, a);
        cluster.beat(client, a);
        cluster.runMillis(10_000);
        cluster.note(a);
        cluster.runMillis(10_000);
        assertEquals(sent + 2, cluster.simulation.network().sent());
        assertEquals(List.of("b UNKNOWN UP"), cluster.changes);
        assertEquals(UP, cluster.state(a, b));
        assertEquals(UNKNOWN, cluster.state(a, c));
    }

    @Test
    void aListenerMayCloseTheDetector() {
        SimNode a = cluster.watching("a", DEFAULTS, "b");
        SimNode b = cluster.bare("b");
        cluster.detector(a)
                .addListener((peer, before, now) -> cluster.detector(a).close(), Runnable::run);
        cluster.beat(b, a);
        cluster.runMillis(1_000);
        long sent = cluster.simulation.network().sent();
        cluster.runMillis(1_000);
        assertEquals(sent, cluster.simulation.network().sent());
    }

    @Test
    void oneHeartbeatPerPeerAndIntervalIsSent() {
        trio(DEFAULTS);
        cluster.runMillis(10_050);
        assertEquals(3 * 2 * 101, cluster.simulation.network().sent());
    }

    @Test
    void aSecondDetectorOnANodeIsRefused() {
        SimNode a = cluster.watching("a", DEFAULTS, "b");
        assertThrows(IllegalStateException.class, () -> FailureDetector.start(cluster.rpc(a), List.of(), DEFAULTS));
    }

    private Trio trio(FailureDetection config) {
        return trio(cluster, config);
    }

    private static Trio trio(WatchCluster cluster, FailureDetection config) {
        return new Trio(
                cluster.watching("a", config, "a", "b", "c"),
                cluster.watching("b", config, "a", "b", "c"),
                cluster.watching("c", config, "a", "b", "c"));
    }

    /** Three nodes that watch each other. */
    private record Trio(SimNode a, SimNode b, SimNode c) {}
}
