package io.coterie.failuredetector;

import static io.coterie.failuredetector.PeerState.DOWN;
import static io.coterie.failuredetector.PeerState.ONE_WAY;
import static io.coterie.failuredetector.PeerState.SUSPECTED;
import static io.coterie.failuredetector.PeerState.UNREACHABLE_FROM_HERE;
import static io.coterie.failuredetector.PeerState.UP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What others have heard of a peer that is silent here. */
class SightingsTest {
    private static final FailureDetection DEFAULTS = FailureDetection.phiAccrual();

    private final WatchCluster cluster = new WatchCluster(23);
    private final SimNode a = cluster.watching("a", DEFAULTS, "b", "c");
    private final SimNode b = cluster.watching("b", DEFAULTS, "a", "c");
    private final SimNode c = cluster.watching("c", DEFAULTS, "a", "b");

    @Test
    void aPeerThatOthersHearIsUnreachableFromHere() {
        cluster.runMillis(10_000);
        cluster.note(a);
        cluster.simulation.network().cutBoth(a, b);
        cluster.runMillis(1_500);
        assertEquals(UNREACHABLE_FROM_HERE, cluster.state(a, b));
        assertEquals(UNREACHABLE_FROM_HERE, cluster.state(b, a));
        assertEquals(UP, cluster.state(c, a));
        assertEquals(UP, cluster.state(c, b));

        cluster.runMillis(60_000);
        assertEquals(UNREACHABLE_FROM_HERE, cluster.state(a, b));
        cluster.simulation.network().heal();
        cluster.runMillis(200);
        assertEquals(
                List.of("b UP SUSPECTED", "b SUSPECTED UNREACHABLE_FROM_HERE", "b UNREACHABLE_FROM_HERE UP"),
                cluster.changes.stream()
                        .filter(change -> change.startsWith("b") && !change.contains("UNKNOWN"))
                        .toList());
    }

    @Test
    void aPeerThatNobodyHearsIsDownInTheSameTime() {
        cluster.runMillis(10_000);
        cluster.note(a);
        b.pause();
        cluster.runMillis(1_150);
        assertEquals(SUSPECTED, cluster.state(a, b));
        cluster.runMillis(200);
        assertEquals(DOWN, cluster.state(a, b));
        assertTrue(
                cluster.changes.stream().noneMatch(change -> change.contains("UNREACHABLE")),
                () -> "" + cluster.changes);
    }

    @Test
    void aPeerThatDiesWhileItIsUnreachableIsDownThen() {
        cluster.runMillis(10_000);
        cluster.simulation.network().cutBoth(a, b);
        cluster.runMillis(5_000);
        assertEquals(UNREACHABLE_FROM_HERE, cluster.state(a, b));
        b.kill();
        cluster.runMillis(2_000);
        assertEquals(DOWN, cluster.state(a, b));
    }

    @Test
    void theTwoEndsOfAOneWayLinkAgreeThatTheOtherLives() {
        cluster.runMillis(10_000);
        cluster.simulation.network().cut(a, b);
        cluster.runMillis(1_500);
        assertEquals(ONE_WAY, cluster.state(a, b));
        assertEquals(UNREACHABLE_FROM_HERE, cluster.state(b, a));
    }

    @Test
    void withoutAnybodyToAskSilenceDecides() {
        cluster.runMillis(10_000);
        c.kill();
        cluster.simulation.network().cutBoth(a, b);
        cluster.runMillis(1_500);
        assertEquals(DOWN, cluster.state(a, b));
        assertEquals(DOWN, cluster.state(a, c));
    }

    @Test
    void lossOnTheWayOfTheQuestionsIsMadeUpForByTheNextOnes() {
        cluster.runMillis(10_000);
        cluster.simulation.network().faults(NetworkFaults.none().withLoss(0.3));
        cluster.simulation.network().cutBoth(a, b);
        cluster.runMillis(10_000);
        assertEquals(UNREACHABLE_FROM_HERE, cluster.state(a, b));
    }

    @Test
    void aboutAnEarlierStartNothingIsBelieved() {
        WatchedPeer peer = new WatchedPeer(b.id(), new FixedTimeoutEstimator(100), 0);
        Beats own = new Beats(cluster.rpc(a));
        Heartbeat beat = new Heartbeat();
        beat.version = Heartbeat.VERSION;
        beat.start = 5;
        beat.number = 1;
        peer.take(beat, own, 10, 0, 0);
        peer.judge(70, Long.MAX_VALUE);
        peer.seenElsewhere(4, 100);
        peer.judge(111, Long.MAX_VALUE);
        assertEquals(DOWN, peer.state());
        peer.seenElsewhere(5, 105);
        peer.judge(120, Long.MAX_VALUE);
        assertEquals(UNREACHABLE_FROM_HERE, peer.state());
    }

    @Test
    void theQuestionsOfAnIntervalAreBounded() {
        WatchCluster many = new WatchCluster(5);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            names.add("peer" + i);
        }
        SimNode watcher = many.watching("watcher", DEFAULTS, names.toArray(String[]::new));
        List<SimNode> peers = new ArrayList<>();
        for (String name : names) {
            peers.add(many.watching(name, DEFAULTS));
        }
        many.runMillis(10_050);
        peers.subList(3, 100).forEach(SimNode::kill);
        long most = 0;
        for (int i = 0; i < 50; i++) {
            long before = many.simulation.network().sent();
            many.runMillis(100);
            int heartbeats = 100 + 3;
            most = Math.max(most, (many.simulation.network().sent() - before - heartbeats) / 2);
        }

        assertEquals(Sightings.HELPERS * Sightings.MAX_TARGETS, most);
        assertEquals(DOWN, many.state(watcher, peers.get(50)));
    }

    @Test
    void theBytesOfASighting() {
        Codec<NodeId> question = Sighting.SIGHTING.request();
        Codec<Sighting> answer = Sighting.SIGHTING.response();
        assertEquals("coterie.sighting", Sighting.SIGHTING.name());
        assertEquals("", question.name() + answer.name());
        assertEquals("016231", written(question, NodeId.of("b1")));
        assertEquals(NodeId.of("b1"), read(question, "016231"));
        assertEquals("010000000000000005000003e8", written(answer, new Sighting(5, 1_000)));
        assertEquals(new Sighting(5, 1_000), read(answer, "010000000000000005000003e8"));
        assertEquals("010000000000000000ffffffff", written(answer, Sighting.NONE));
        assertEquals(new Sighting(5, 1_000), read(answer, "020000000000000005000003e8ff"));
        for (String wrong : List.of("", "01", "0062", "01" + "62".repeat(65), "01ff", "012f")) {
            assertThrows(RuntimeException.class, () -> read(question, wrong), wrong);
        }
        for (String wrong : List.of(
                "", "01", "008000000000000005000003e8", "018000000000000005000003e8", "010000000000000005fffffffe")) {
            assertThrows(RuntimeException.class, () -> read(answer, wrong), wrong);
        }
    }

    private static <T> String written(Codec<T> codec, T value) {
        ByteWriter out = new ByteWriter();
        codec.encode(value, out);
        return HexFormat.of().formatHex(out.toByteArray());
    }

    private static <T> T read(Codec<T> codec, String hex) {
        return codec.decode(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
    }
}
