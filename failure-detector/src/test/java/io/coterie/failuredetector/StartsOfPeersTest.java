package io.coterie.failuredetector;

import static io.coterie.failuredetector.PeerState.CLOSED;
import static io.coterie.failuredetector.PeerState.DOWN;
import static io.coterie.failuredetector.PeerState.ONE_WAY;
import static io.coterie.failuredetector.PeerState.SUSPECTED;
import static io.coterie.failuredetector.PeerState.UP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What heartbeats say: who sent them, in which order, and what it thinks of the receiver. */
class StartsOfPeersTest {
    private static final FailureDetection DEFAULTS = FailureDetection.phiAccrual();

    private final WatchCluster cluster = new WatchCluster(16);
    private final SimNode a = cluster.watching("a", DEFAULTS, "b");
    private final SimNode b = cluster.watching("b", DEFAULTS, "a");

    @Test
    void aRestartedPeerIsUpAtOnce() {
        cluster.runMillis(10_050);
        b.kill();
        cluster.runMillis(1_100);
        assertEquals(SUSPECTED, cluster.state(a, b));
        cluster.restart(b, DEFAULTS, a.id());
        cluster.runMillis(1);
        assertEquals(UP, cluster.state(a, b));
    }

    @Test
    void aHeartbeatOfAnEarlierStartIsNoSignOfLife() {
        cluster.runMillis(5_000);
        Heartbeat late = beat(1, 1);
        b.kill();
        cluster.runMillis(5_000);
        assertEquals(DOWN, cluster.state(a, b));
        b.start();
        cluster.note(a);
        cluster.beat(b, a, late);
        cluster.runMillis(100);

        assertEquals(DOWN, cluster.state(a, b));
        assertEquals(List.of("b UNKNOWN DOWN"), cluster.changes);
        assertEquals(new IgnoredHeartbeats(0, 1, 0), cluster.detector(a).ignoredHeartbeats());
    }

    @Test
    void aStartWithASmallerNumberProvesItselfByAnAnswer() {
        cluster.runMillis(5_000);
        Heartbeat ofTheFuture = beat(Long.MAX_VALUE, 1);
        cluster.beat(b, a, ofTheFuture);
        cluster.runMillis(1_000);
        assertEquals(UP, cluster.state(a, b));
        b.pause();
        cluster.runMillis(3_000);

        assertEquals(DOWN, cluster.state(a, b));
        assertTrue(cluster.detector(a).ignoredHeartbeats().earlierStarts() <= 2, this::ignored);
    }

    @Test
    void duplicatesAndOvertakenHeartbeatsAreCountedAndTeachNothing() {
        cluster.simulation.network().faults(NetworkFaults.none().withDuplication(1));
        cluster.note(a);
        cluster.runMillis(10_000);

        assertEquals(List.of("b UNKNOWN UP"), cluster.changes);
        assertTrue(cluster.detector(a).ignoredHeartbeats().overtaken() >= 99, this::ignored);
        b.pause();
        cluster.runMillis(1_150);
        assertEquals(SUSPECTED, cluster.state(a, b));
        cluster.runMillis(200);
        assertEquals(DOWN, cluster.state(a, b));
    }

    @Test
    void anOldHeartbeatDoesNotEndASuspicion() {
        cluster.runMillis(5_000);
        b.pause();
        cluster.runMillis(2_000);
        assertEquals(DOWN, cluster.state(a, b));
        cluster.note(a);
        b.kill();
        b.start();
        Heartbeat again = beat(cluster.detector(b).start(), 3);
        cluster.beat(b, a, again);
        cluster.runMillis(50);

        assertEquals(List.of("b UNKNOWN DOWN"), cluster.changes);
        assertEquals(1, cluster.detector(a).ignoredHeartbeats().overtaken());
    }

    @Test
    void whatAnswersAHeartbeatThatWasNeverSentIsMalformed() {
        cluster.runMillis(5_000);
        Heartbeat fromTheFuture = beat(cluster.detector(b).start(), 1_000);
        fromTheFuture.heardStart = cluster.detector(a).start();
        fromTheFuture.heardNumber = 1_000_000;
        cluster.beat(b, a, fromTheFuture);
        cluster.runMillis(50);

        assertEquals(new IgnoredHeartbeats(0, 0, 1), cluster.detector(a).ignoredHeartbeats());
    }

    @Test
    void aSuspicionIsRefutedWithinARoundTrip() {
        FailureDetection seldom = FailureDetection.phiAccrual().withHeartbeatInterval(Duration.ofSeconds(2));
        SimNode judge = cluster.watching("judge", seldom, "late");
        cluster.runMillis(1_000);
        SimNode late = cluster.watching("late", seldom, "judge");
        cluster.runMillis(8_500);
        cluster.simulation.network().cut(late, judge);
        cluster.runMillis(8_000);
        assertEquals(SUSPECTED, cluster.state(judge, late));
        cluster.simulation.network().heal();
        cluster.runMillis(600);

        // The next heartbeat would come after another 0.9 s.
        assertEquals(UP, cluster.state(judge, late));
    }

    @Test
    void theEndThatIsNotHeardGetsToKnowIt() {
        cluster.runMillis(10_000);
        cluster.note(a);
        cluster.simulation.network().cut(a, b);
        cluster.runMillis(1_500);
        assertEquals(DOWN, cluster.state(b, a));
        assertEquals(ONE_WAY, cluster.state(a, b));

        cluster.simulation.network().heal();
        cluster.runMillis(200);
        assertEquals(UP, cluster.state(a, b));
        assertEquals(UP, cluster.state(b, a));
        assertEquals(List.of("b UNKNOWN UP", "b UP ONE_WAY", "b ONE_WAY UP"), cluster.changes);
    }

    @Test
    void theEndThatIsNotHeardGetsToKnowItThoughItWasPausedJustBefore() {
        cluster.runMillis(10_050);
        a.pause();
        cluster.runMillis(400);
        cluster.simulation.network().cut(a, b);
        a.resume();
        cluster.runMillis(3_000);

        assertEquals(DOWN, cluster.state(b, a));
        assertEquals(ONE_WAY, cluster.state(a, b));
    }

    @Test
    void whoWasPausedDoesNotBlameTheLinkForIt() {
        cluster.runMillis(10_000);
        cluster.note(a);
        a.pause();
        cluster.runMillis(5_000);
        assertEquals(DOWN, cluster.state(b, a));
        a.resume();
        cluster.runMillis(5_000);

        assertEquals(List.of("b UNKNOWN UP"), cluster.changes);
        assertEquals(UP, cluster.state(b, a));
    }

    @Test
    void whoseMachineWasSuspendedDoesNotBlameTheLinkForIt() {
        cluster.runMillis(10_050);
        cluster.note(a);
        // The steady clock of a machine that is suspended stands still.
        a.jumpWallClock(Duration.ofHours(8));
        Heartbeat accusation = beat(cluster.detector(b).start(), 1_000);
        accusation.opinion = Heartbeat.Opinion.DOWN;
        accusation.heardStart = cluster.detector(a).start();
        accusation.heardNumber = 1;
        accusation.silentMillis = 5_000;
        cluster.beat(b, a, accusation);
        cluster.runMillis(20);

        assertEquals(List.of("b UNKNOWN UP"), cluster.changes);
        assertEquals(new IgnoredHeartbeats(0, 0, 0), cluster.detector(a).ignoredHeartbeats());
    }

    @Test
    void aNodeThatIsClosedIsNotSuspected() {
        cluster.note(a);
        cluster.runMillis(5_000);
        b.execute(() -> cluster.rpc(b).close());
        cluster.runMillis(60_000);
        assertEquals(List.of("b UNKNOWN UP", "b UP CLOSED"), cluster.changes);

        b.kill();
        cluster.restart(b, DEFAULTS, a.id());
        cluster.runMillis(200);
        assertEquals(List.of("b UNKNOWN UP", "b UP CLOSED", "b CLOSED UP"), cluster.changes);
    }

    @Test
    void whoWatchesANodeThatDoesNotWatchItHearsThatItEnds() {
        SimNode client = cluster.watching("client", DEFAULTS, "a");
        cluster.runMillis(5_000);
        a.execute(() -> cluster.rpc(a).close());
        cluster.runMillis(1_000);

        assertEquals(CLOSED, cluster.state(client, a));
    }

    private String ignored() {
        return cluster.detector(a).ignoredHeartbeats().toString();
    }

    private static Heartbeat beat(long start, long number) {
        Heartbeat beat = new Heartbeat();
        beat.version = Heartbeat.VERSION;
        beat.start = start;
        beat.number = number;
        return beat;
    }
}
