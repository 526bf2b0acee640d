package io.coterie.failuredetector;

import static io.coterie.failuredetector.PeerState.DOWN;
import static io.coterie.failuredetector.PeerState.SUSPECTED;
import static io.coterie.failuredetector.PeerState.UP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.simulation.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a detector makes of pauses of its own process, where lost connections are signaled. */
class LocalHealthTest {
    private static final FailureDetection DEFAULTS = FailureDetection.phiAccrual();
    private static final List<String> BOTH_UP = List.of("b UNKNOWN UP", "c UNKNOWN UP");

    private final WatchCluster cluster = new WatchCluster(16);
    private final List<OwnPause> pauses = new ArrayList<>();
    private final SimNode a;
    private final SimNode b;
    private final SimNode c;

    LocalHealthTest() {
        cluster.simulation.network().signalsConnections(true);
        a = cluster.watching("a", DEFAULTS, "b", "c");
        b = cluster.watching("b", DEFAULTS, "a", "c");
        c = cluster.watching("c", DEFAULTS, "a", "b");
        cluster.detector(a).addPauseListener(Duration.ofMillis(500), pauses::add, Runnable::run);
    }

    /** A peer closes the connection before the next timer would have run, after it, or at the end. */
    @ParameterizedTest
    @CsvSource({"12000, 1", "12000, 60", "12000, 10000", "12000, 12000", "60000, 10000", "600, 550"})
    void aNodeThatWakesSuspectsNobodyWhoClosedItsConnection(int pause, int closedAfter) {
        cluster.note(a);
        cluster.runMillis(10_050);
        a.pause();
        cluster.runMillis(closedAfter);
        cluster.simulation.network().reset(a, b);
        cluster.simulation.network().reset(a, c);
        cluster.runMillis(pause - closedAfter);
        a.resume();
        cluster.runMillis(10_000);
        assertEquals(BOTH_UP, cluster.changes);
    }

    @Test
    void aConnectionThatBreaksWhenItIsUsedAgainIsNoEvidence() {
        cluster.note(a);
        wakeFromPause(12_000);
        cluster.runMillis(5);
        cluster.simulation.network().reset(a, b);
        cluster.simulation.network().reset(a, c);
        cluster.runMillis(10_000);
        assertEquals(BOTH_UP, cluster.changes);
    }

    @Test
    void aPeerThatDiedInThePauseIsSuspectedWhenAReconnectHadTime() {
        cluster.runMillis(10_050);
        a.pause();
        cluster.runMillis(1_000);
        b.kill();
        cluster.runMillis(11_000);
        a.resume();
        cluster.runMillis(2_000);
        assertEquals(UP, cluster.state(a, b));
        cluster.runMillis(200);
        assertEquals(DOWN, cluster.state(a, b));
        assertEquals(UP, cluster.state(a, c));
    }

    @Test
    void aPeerThatDiesAfterTheReconnectIsSuspectedAtOnce() {
        wakeFromPause(12_000);
        cluster.runMillis(2_200);
        b.kill();
        cluster.runMillis(1);
        assertEquals(SUSPECTED, cluster.state(a, b));
    }

    @Test
    void aNodeThatIsPausedAgainAndAgainStillNoticesADeadPeer() {
        wakeFromPause(12_000);
        b.kill();
        for (int i = 0; i < 50; i++) {
            cluster.runMillis(110);
            a.pause();
            cluster.runMillis(700);
            a.resume();
        }
        cluster.runMillis(1);
        assertEquals(DOWN, cluster.state(a, b));
        assertEquals(UP, cluster.state(a, c));
    }

    @Test
    void aPauseIsReportedOnceWithItsLength() {
        wakeFromPause(12_000);
        cluster.runMillis(10_000);
        assertEquals(1, pauses.size());
        assertEquals(OwnPause.Sign.LATE_TIMER, pauses.get(0).sign());
        long millis = pauses.get(0).length().toMillis();
        assertEquals(12_000, millis, 100);
    }

    @Test
    void aPauseThatTheListenerDoesNotCareForIsNotReported() {
        wakeFromPause(400);
        cluster.runMillis(1_000);
        assertEquals(List.of(), pauses);
    }

    @Test
    void aSuspendedMachineIsNoticedByItsWallClock() {
        cluster.note(a);
        cluster.runMillis(10_050);
        // The steady clock of a machine that is suspended stands still.
        a.jumpWallClock(Duration.ofHours(8));
        cluster.runMillis(20);
        cluster.simulation.network().reset(a, b);
        cluster.runMillis(10_000);
        assertEquals(List.of(new OwnPause(Duration.ofHours(8), OwnPause.Sign.WALL_CLOCK)), pauses);
        assertEquals(BOTH_UP, cluster.changes);
    }

    @Test
    void aWallClockThatIsSetBackOrDriftsIsNoPause() {
        a.driftWallClock(0.001);
        cluster.runMillis(10_000);
        a.jumpWallClock(Duration.ofHours(-8));
        cluster.runMillis(10_000);
        a.jumpWallClock(Duration.ofMillis(900));
        cluster.runMillis(1_000);
        assertEquals(List.of(), pauses);
    }

    @Test
    void aNegativeLengthIsRefused() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> cluster.detector(a).addPauseListener(Duration.ofSeconds(-1), pauses::add, Runnable::run));
        assertEquals("atLeast -1 s is negative", refused.getMessage());
    }

    private void wakeFromPause(int millis) {
        cluster.runMillis(10_050);
        a.pause();
        cluster.runMillis(millis);
        a.resume();
    }
}
