package io.coterie.failuredetector;

import static io.coterie.failuredetector.PeerState.SUSPECTED;
import static io.coterie.failuredetector.PeerState.UNKNOWN;
import static io.coterie.failuredetector.PeerState.UP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.simulation.SimNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Peers that a node begins to watch, and ceases to watch, while it runs. */
class WatchWhileRunningTest {
    private static final FailureDetection DEFAULTS = FailureDetection.phiAccrual();

    private final WatchCluster cluster = new WatchCluster(7);
    private final SimNode a = cluster.watching("a", DEFAULTS);
    private final SimNode b = cluster.watching("b", DEFAULTS);

    @Test
    void aPeerThatIsWatchedLaterIsJudgedAsOneOfTheStart() {
        cluster.note(a);
        cluster.runMillis(10_000);
        assertEquals(UNKNOWN, cluster.state(a, b));
        assertEquals(0, cluster.simulation.network().sent());

        cluster.detector(a).watch(b.id());
        cluster.runMillis(1);
        assertEquals(UP, cluster.state(a, b));
        cluster.runMillis(10_000);
        b.pause();
        cluster.runMillis(1_500);

        assertEquals(List.of("b UNKNOWN UP", "b UP SUSPECTED", "b SUSPECTED DOWN"), cluster.changes);
    }

    @Test
    void aPeerThatIsNoLongerWatchedGetsNoHeartbeatAndIsNotReported() {
        cluster.detector(a).watch(b.id());
        cluster.note(a);
        cluster.runMillis(1_000);
        long before = cluster.simulation.network().sent();
        assertTrue(before > 10, () -> before + " messages");

        cluster.detector(a).unwatch(b.id());
        cluster.runMillis(1);
        long after = cluster.simulation.network().sent();
        assertEquals(UNKNOWN, cluster.state(a, b));
        b.pause();
        cluster.runMillis(10_000);
        b.resume();
        cluster.beat(b, a);
        cluster.runMillis(50);

        // The beat of b, and the answer to it.
        assertEquals(after + 2, cluster.simulation.network().sent());
        assertEquals(List.of("b UNKNOWN UP"), cluster.changes);
        assertEquals(UNKNOWN, cluster.state(a, b));
    }

    @Test
    void aPeerThatIsWatchedAgainBeginsAnew() {
        cluster.simulation.network().signalsConnections(true);
        cluster.detector(a).watch(b.id());
        cluster.note(a);
        cluster.runMillis(1_000);
        b.kill();
        cluster.runMillis(10);
        assertEquals(SUSPECTED, cluster.state(a, b));

        cluster.detector(a).unwatch(b.id());
        cluster.detector(a).watch(b.id());
        cluster.runMillis(60_000);
        assertEquals(UNKNOWN, cluster.state(a, b));
        cluster.restart(b, DEFAULTS);
        cluster.runMillis(200);

        assertEquals(List.of("b UNKNOWN UP", "b UP SUSPECTED", "b UNKNOWN UP"), cluster.changes);
    }

    @Test
    void aListenerMayCeaseToWatchThePeerItHearsOf() {
        cluster.detector(a)
                .addListener((peer, before, now) -> cluster.detector(a).unwatch(peer), Runnable::run);
        cluster.note(a);
        cluster.detector(a).watch(b.id());
        cluster.detector(a).watch(b.id());
        cluster.detector(a).watch(a.id());
        cluster.runMillis(5_000);

        assertEquals(List.of("b UNKNOWN UP"), cluster.changes);
        assertEquals(UP, cluster.state(a, a));
    }

    @Test
    void nothingIsWatchedAfterClose() {
        cluster.detector(a).close();
        cluster.detector(a).watch(b.id());
        cluster.runMillis(1_000);

        assertEquals(0, cluster.simulation.network().sent());
        assertEquals(UNKNOWN, cluster.state(a, b));
    }
}
