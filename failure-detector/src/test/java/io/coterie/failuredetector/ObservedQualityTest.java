package io.coterie.failuredetector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.failuredetector.ObservedQuality.DetectionTime;
import io.coterie.failuredetector.ObservedQuality.Mistakes;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The observed quality of opinions, and the view of them. */
class ObservedQualityTest {
    private static final Mistakes NO_MISTAKES = new Mistakes(0, Duration.ZERO, Duration.ZERO, Optional.empty(), 1);

    /** Suspects after 500 ns, down after 1000 ns. */
    private final WatchedPeer peer = new WatchedPeer(NodeId.of("b"), new FixedTimeoutEstimator(1_000), 0);

    @Test
    void aSilenceThatEndsByAMessageOfTheSameProcessWasAMistake() {
        peer.heartbeat(1_000);
        judge(1_600);
        peer.heartbeat(1_700);
        peer.heartbeat(2_000);
        judge(2_700);
        judge(3_100);
        peer.heartbeat(3_300);

        ObservedQuality quality = peer.quality(5_000);
        assertEquals(nanos(4_000), quality.observed());
        assertEquals(
                new Mistakes(2, nanos(350), nanos(600), Optional.of(nanos(1_100)), 1 - 700.0 / 4_000),
                quality.suspicions());
        assertEquals(new Mistakes(1, nanos(200), nanos(200), Optional.empty(), 1 - 200.0 / 4_000), quality.downs());
    }

    @Test
    void detectionIsTimedFromTheLastMessageOfSilencesThatEndedInDown() {
        peer.heartbeat(1_000);
        judge(1_550);
        peer.arrival(2_000);
        judge(2_700);
        judge(3_100);
        peer.arrival(4_000);
        judge(5_500);

        ObservedQuality quality = peer.quality(6_000);
        assertEquals(new DetectionTime(2, nanos(1_100), nanos(1_500)), quality.suspectedAfter());
        assertEquals(new DetectionTime(2, nanos(1_300), nanos(1_500)), quality.downAfter());
    }

    @Test
    void aSuspicionAfterWhichAnotherProcessMayHaveComeIsNoMistake() {
        peer.heartbeat(1_000);
        peer.disconnected(1_200, null);
        judge(2_100);
        peer.heartbeat(9_000);

        ObservedQuality quality = peer.quality(10_000);
        assertEquals(NO_MISTAKES, quality.suspicions());
        assertEquals(NO_MISTAKES, quality.downs());
        assertEquals(new DetectionTime(1, nanos(200), nanos(200)), quality.suspectedAfter());
        assertEquals(new DetectionTime(1, nanos(1_100), nanos(1_100)), quality.downAfter());

        judge(9_600);
        peer.heartbeat(9_700);
        assertEquals(1, peer.quality(10_000).suspicions().count());
        // Of 9000 ns since the first message, 7800 belong to the failure.
        assertEquals(1 - 100.0 / 1_200, peer.quality(10_000).suspicions().accuracy(), 1e-9);
    }

    @Test
    void aSuspicionThatLastsCountsNeitherWay() {
        peer.heartbeat(1_000);
        judge(2_500);
        ObservedQuality quality = peer.quality(100_000);
        assertEquals(NO_MISTAKES, quality.suspicions());
        assertEquals(NO_MISTAKES, quality.downs());
    }

    @Test
    void pausesOfTheWatchingProcessAreLeftOut() {
        peer.heartbeat(1_000);
        judge(1_600);
        peer.discountPause(5_000, 6_650);
        peer.heartbeat(6_700);
        ObservedQuality quality = peer.quality(7_000);
        assertEquals(nanos(1_000), quality.observed());
        assertEquals(nanos(100), quality.suspicions().meanDuration());
    }

    @Test
    void aPeerThatIsNeverHeardOfHasNoQuality() {
        peer.disconnected(5, null);
        assertEquals(
                new ObservedQuality(
                        Duration.ZERO,
                        new DetectionTime(0, Duration.ZERO, Duration.ZERO),
                        new DetectionTime(0, Duration.ZERO, Duration.ZERO),
                        NO_MISTAKES,
                        NO_MISTAKES),
                peer.quality(10_000));
    }

    @Test
    void theDetectorReportsTheQualityOfEachPeer() {
        WatchCluster cluster = new WatchCluster(5);
        SimNode a = cluster.watching("a", FailureDetection.phiAccrual(), "c", "b");
        SimNode b = cluster.watching("b", FailureDetection.phiAccrual(), "a");
        cluster.watching("c", FailureDetection.phiAccrual(), "a");
        cluster.runMillis(60_000);
        for (int i = 0; i < 3; i++) {
            b.pause();
            cluster.runMillis(3_000);
            b.resume();
            cluster.runMillis(57_000);
        }
        var all = cluster.detector(a).quality();
        assertEquals(List.of(NodeId.of("b"), NodeId.of("c")), List.copyOf(all.keySet()));
        Mistakes downs = all.get(b.id()).downs();
        assertEquals(3, downs.count());
        assertEquals(60_000, downs.meanRecurrence().orElseThrow().toMillis(), 200);
        assertEquals(1_800, downs.meanDuration().toMillis(), 200);
        assertEquals(1 - 3 * 1.8 / 240, downs.accuracy(), 0.002);
        assertEquals(1_200, all.get(b.id()).downAfter().mean().toMillis(), 150);
        assertEquals(NO_MISTAKES, all.get(NodeId.of("c")).suspicions());
        assertThrows(UnsupportedOperationException.class, all::clear);
    }

    @Test
    void theViewShowsStateSilenceAndChangesOfEachPeer() {
        WatchCluster cluster = new WatchCluster(6);
        SimNode a = cluster.watching("a", FailureDetection.phiAccrual(), "b", "never");
        SimNode b = cluster.watching("b", FailureDetection.phiAccrual(), "a");
        cluster.runMillis(10_050);
        var first = cluster.detector(a).view();
        b.pause();
        cluster.runMillis(5_000);
        PeerView down = cluster.detector(a).view().get(b.id());

        assertEquals(PeerState.UP, first.get(b.id()).state());
        assertEquals(1, first.get(b.id()).changes());
        assertTrue(first.get(b.id()).silence().orElseThrow().toMillis() < 100);
        PeerView never = first.get(NodeId.of("never"));
        assertEquals(new PeerView(PeerState.UNKNOWN, Duration.ofMillis(10_050), Optional.empty(), 0), never);

        assertEquals(PeerState.DOWN, down.state());
        assertEquals(3, down.changes());
        assertEquals(5_050, down.silence().orElseThrow().toMillis(), 60);
        assertEquals(3_800, down.inState().toMillis(), 200);
        assertThrows(UnsupportedOperationException.class, first::clear);
    }

    private void judge(long now) {
        peer.judge(now, Long.MAX_VALUE);
    }

    private static Duration nanos(long nanos) {
        return Duration.ofNanos(nanos);
    }
}
