package io.coterie.failuredetector;

import static io.coterie.failuredetector.PeerState.DOWN;
import static io.coterie.failuredetector.PeerState.SUSPECTED;
import static io.coterie.failuredetector.PeerState.UNKNOWN;
import static io.coterie.failuredetector.PeerState.UP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchedPeerTest {
    /** Suspects from 50 on, down from 100 on, and keeps all inter-arrival times. */
    private static final class Recorder implements Estimator {
        private final List<Long> interArrivals = new ArrayList<>();
        private final FixedTimeoutEstimator judge = new FixedTimeoutEstimator(100);

        @Override
        public void interArrival(long nanos) {
            interArrivals.add(nanos);
        }

        @Override
        public PeerState verdict(long silenceNanos) {
            return judge.verdict(silenceNanos);
        }

        @Override
        public void forget() {
            interArrivals.clear();
        }
    }

    private final Recorder learned = new Recorder();
    private final WatchedPeer peer = new WatchedPeer(NodeId.of("b"), learned, 0);

    @Test
    void onlyHeartbeatsTeachTheRhythm() {
        peer.heartbeat(10);
        peer.arrival(11);
        peer.arrival(19);
        peer.heartbeat(20);
        assertEquals(List.of(10L), learned.interArrivals);
    }

    @Test
    void anyMessageEndsTheSilence() {
        peer.heartbeat(10);
        peer.arrival(40);
        judgedAt(89, UP);
        judgedAt(90, SUSPECTED);
        peer.arrival(91);
        judgedAt(92, UP);
    }

    @Test
    void aPartOfALargeMessageBreaksTheSilence() {
        peer.heartbeat(10);
        judgedAt(200, 49, UP);
        judgedAt(300, 50, SUSPECTED);
        judgedAt(400, 100, DOWN);
    }

    @Test
    void silenceIsExactWhateverTheClockShows() {
        for (long start : new long[] {0, Long.MAX_VALUE - 70, -30}) {
            peer.arrival(start);
            judgedAt(start + 49, UP);
            judgedAt(start + 50, SUSPECTED);
            judgedAt(start + 99, SUSPECTED);
            judgedAt(start + 100, DOWN);
        }
    }

    @Test
    void aPeerThatNeverSentAnythingIsNotJudged() {
        peer.disconnected(20, null);
        judgedAt(1_000, UNKNOWN);
    }

    @Test
    void theTimeAcrossADownStateIsLeftToTheEstimator() {
        peer.heartbeat(10);
        peer.heartbeat(20);
        judgedAt(120, DOWN);
        peer.heartbeat(125);
        assertEquals(List.of(10L, 105L), learned.interArrivals);
    }

    @Test
    void aPeerThatSlowsDownForGoodIsDownThreeTimesAndThenUp() {
        WatchedPeer slow =
                new WatchedPeer(NodeId.of("b"), FailureDetection.phiAccrual().newEstimator(), 0);
        int downs = 0;
        long lastDown = 0;
        for (long millis = 0; millis < 600_000; millis += 100) {
            if (millis < 60_000 || millis % 2_000 == 0) {
                slow.heartbeat(millis * 1_000_000);
            }
            PeerState before = slow.state();
            slow.judge(millis * 1_000_000, Long.MAX_VALUE);
            if (slow.state() == DOWN && before != DOWN) {
                downs++;
                lastDown = millis;
            }
        }
        assertEquals(3, downs);
        assertTrue(lastDown < 70_000, "down at " + lastDown);
    }

    @Test
    void aLostConnectionSuspectsAndForgetsTheRhythm() {
        peer.heartbeat(10);
        peer.heartbeat(20);
        peer.disconnected(20, null);
        assertEquals(SUSPECTED, peer.state());
        judgedAt(21, SUSPECTED);
        peer.heartbeat(45);
        assertEquals(UP, peer.state());
        assertEquals(List.of(), learned.interArrivals);
    }

    @Test
    void aLostConnectionDoesNotImproveADownPeer() {
        peer.arrival(10);
        judgedAt(110, DOWN);
        peer.disconnected(20, null);
        judgedAt(111, DOWN);
    }

    @Test
    void aDiscountedPauseIsNeitherSilenceNorInterArrival() {
        peer.heartbeat(10);
        peer.discountPause(200, 250);
        judgedAt(250, UP);
        judgedAt(260, SUSPECTED);
        peer.heartbeat(260);
        assertEquals(List.of(50L), learned.interArrivals);
    }

    @Test
    void atMostTheElapsedTimeIsDiscounted() {
        peer.heartbeat(10);
        peer.discountPause(200, 20);
        judgedAt(69, UP);
        judgedAt(70, SUSPECTED);
        peer.heartbeat(70);
        assertEquals(List.of(50L), learned.interArrivals);
    }

    @Test
    void aLaterStartOfThePeerBeginsAnew() {
        Beats own = new Beats(simulatedNode());
        peer.take(beat(1, 1), own, 10, 0, 0);
        peer.take(beat(1, 2), own, 20, 0, 0);
        assertEquals(List.of(10L), learned.interArrivals);
        peer.take(beat(2, 1), own, 45, 0, 0);
        assertEquals(List.of(), learned.interArrivals);
        peer.take(beat(1, 3), own, 60, 0, 0);
        peer.take(beat(2, 2), own, 75, 0, 0);
        assertEquals(List.of(30L), learned.interArrivals);
    }

    @Test
    void aHeartbeatThatCameBeforeIsNoSignOfLife() {
        Beats own = new Beats(simulatedNode());
        peer.take(beat(1, 1), own, 10, 0, 0);
        peer.comes(40);
        peer.take(beat(1, 1), own, 40, 0, 0);
        judgedAt(59, UP);
        judgedAt(60, SUSPECTED);
    }

    @Test
    void aSignOfLifeCountsThoughAnOldHeartbeatFollowsBeforeItIsSettled() {
        Beats own = new Beats(simulatedNode());
        peer.take(beat(1, 1), own, 10, 0, 0);
        judgedAt(110, DOWN);
        peer.comes(120);
        peer.comes(120);
        peer.take(beat(1, 1), own, 120, 0, 0);
        peer.settle(120);
        judgedAt(130, UP);
    }

    private static Heartbeat beat(long start, long number) {
        Heartbeat beat = new Heartbeat();
        beat.version = Heartbeat.VERSION;
        beat.start = start;
        beat.number = number;
        return beat;
    }

    private static RpcNode simulatedNode() {
        WatchCluster cluster = new WatchCluster(1);
        return cluster.rpc(cluster.bare("a"));
    }

    private void judgedAt(long now, PeerState expected) {
        judgedAt(now, Long.MAX_VALUE, expected);
    }

    private void judgedAt(long now, long linkNanos, PeerState expected) {
        peer.judge(now, linkNanos);
        assertEquals(expected, peer.state());
    }
}
