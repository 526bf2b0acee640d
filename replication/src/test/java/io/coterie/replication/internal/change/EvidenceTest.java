package io.coterie.replication.internal.change;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.Configurations;
import io.coterie.replication.internal.wire.SpareMethods.Silences;
import io.coterie.rpc.node.NodeId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A member is gone only if a majority of all has not heard it, and nobody who answers has. */
class EvidenceTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Configuration FIVE = Configurations.genesis("a", "b", "c", "d", "e");
    private static final NodeId A = NodeId.of("a");
    private static final NodeId B = NodeId.of("b");
    private static final NodeId C = NodeId.of("c");
    private static final NodeId D = NodeId.of("d");
    private static final NodeId E = NodeId.of("e");

    private final Evidence evidence = new Evidence(A, SECOND);
    private long now = 1000 * SECOND;

    /** Looks for so many seconds, and hears these all the time. */
    private void pass(int seconds, NodeId... heard) {
        for (int i = 0; i < seconds; i++) {
            now += SECOND;
            evidence.look(FIVE, now);
            for (NodeId each : heard) {
                evidence.heard(each, now);
            }
        }
    }

    private void report(NodeId by, NodeId of, int seconds) {
        evidence.report(by, new Silences(true, Map.of(of, seconds * 1000L)), now);
    }

    private List<NodeId> gone() {
        return evidence.gone(FIVE, 20 * SECOND);
    }

    @Test
    void aMajorityOfAllMustSaySo() {
        pass(30, B, C, D);
        report(B, E, 25);
        assertEquals(List.of(), gone(), "two of five");
        report(C, E, 20);
        assertEquals(List.of(E), gone());
        assertEquals(List.of(), evidence.gone(FIVE, 26 * SECOND), "two of them say less");
    }

    @Test
    void nobodyWhoAnswersMayHaveHeardIt() {
        pass(30, B, C, D);
        report(B, E, 25);
        report(C, E, 25);
        report(D, E, 1);
        assertEquals(List.of(), gone());
        pass(4, B, C);
        report(B, E, 29);
        report(C, E, 29);
        assertEquals(List.of(E), gone(), "what d has said is old");
    }

    @Test
    void whoDoesNotLookIsNoWitness() {
        pass(30, B, C, D);
        report(B, E, 25);
        evidence.report(C, new Silences(false, Map.of()), now);
        assertEquals(List.of(), gone());
    }

    @Test
    void oldReportsDoNotCount() {
        pass(30, B, C, D);
        report(B, E, 25);
        report(C, E, 25);
        pass(4, B, C, D);
        assertEquals(List.of(), gone());
    }

    @Test
    void whoWasStoppedBeginsAnew() {
        pass(19, B, C, D);
        now += 60 * SECOND;
        pass(1, B, C, D);
        report(B, E, 80);
        report(C, E, 80);
        assertEquals(List.of(), gone());
        assertEquals(0, evidence.silence(E));
    }

    /** What is asked of it while it wakes, before it has looked. */
    @Test
    void timeInWhichItDidNotLookIsNoSilence() {
        pass(5, B, C, D);
        now += 60 * SECOND;
        assertEquals(4000L, evidence.millis().get(E));
    }

    @Test
    void whoWasSilentForLongestIsFirst() {
        pass(5, B, C, D);
        pass(30, B, C);
        for (NodeId dead : List.of(D, E)) {
            evidence.report(B, new Silences(true, Map.of(D, 30_000L, E, 35_000L)), now);
            evidence.report(C, new Silences(true, Map.of(D, 30_000L, E, 35_000L)), now);
            assertEquals(1, gone().stream().filter(dead::equals).count());
        }
        assertEquals(List.of(E, D), gone());
    }

    @Test
    void membersActInTheOrderOfTheirNames() {
        Evidence third = new Evidence(C, SECOND);
        third.look(FIVE, now);
        assertEquals(0, third.turn());
        third.report(A, new Silences(true, Map.of()), now);
        third.report(B, new Silences(false, Map.of()), now);
        third.report(D, new Silences(true, Map.of()), now);
        assertEquals(1, third.turn());
    }
}
