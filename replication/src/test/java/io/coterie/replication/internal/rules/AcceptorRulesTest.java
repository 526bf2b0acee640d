package io.coterie.replication.internal.rules;

import static io.coterie.replication.internal.rules.Groups.anyTwoMeet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.wire.RegisterMethod;
import io.coterie.replication.internal.wire.RegisterMethod.Witness;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.spi.RecordKey;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AcceptorRulesTest {
    private static final int MAX_REPLICAS = 9;
    private static final int MAX_BALLOT = 3;
    private static final int MAX_MESSAGES = 5;
    private static final RecordKey KEY = new RecordKey(1, new byte[1]);

    /** Every order of five messages with three ballots. */
    @Test
    void noOrderOfMessagesBreaksAPromise() {
        int messages = 0;
        for (int ballot = 1; ballot <= MAX_BALLOT; ballot++) {
            messages += 1 + (MAX_BALLOT - ballot + 1);
        }
        int orders = 1;
        for (int i = 0; i < MAX_MESSAGES; i++) {
            orders *= messages;
        }
        for (int order = 0; order < orders; order++) {
            Acceptor acceptor = new Acceptor(KEY, Ballot.NONE, 0);
            int rest = order;
            for (int i = 0; i < MAX_MESSAGES; i++) {
                receive(acceptor, rest % messages);
                rest /= messages;
            }
        }
    }

    private static void receive(Acceptor acceptor, int message) {
        Ballot promised = acceptor.promised();
        Ballot accepted = acceptor.accepted();
        int left = message;
        for (int counter = 1; counter <= MAX_BALLOT; counter++) {
            Ballot ballot = new Ballot(counter, 1);
            if (left-- == 0) {
                assertEquals(!promised.isAbove(ballot), acceptor.prepare(ballot));
                assertEquals(accepted, acceptor.accepted());
            }
            for (int next = counter; next <= MAX_BALLOT; next++) {
                if (left-- == 0) {
                    boolean taken = acceptor.accept(ballot, new byte[] {(byte) counter}, new Ballot(next, 1));
                    assertEquals(!promised.isAbove(ballot) || accepted.equals(ballot), taken);
                    assertEquals(taken ? ballot : accepted, acceptor.accepted());
                }
            }
        }
        assertFalse(promised.isAbove(acceptor.promised()), "the promise fell");
        assertFalse(accepted.isAbove(acceptor.accepted()), "the accepted ballot fell");
        assertFalse(acceptor.accepted().isAbove(acceptor.promised()), "accepted without a promise");
        byte[] state = acceptor.state();
        assertEquals(acceptor.accepted().counter(), state == null ? 0 : state[0], "one ballot, one state");
    }

    @Test
    void anAbsentKeyKeepsThePromisesOfRemovedOnes() {
        Ballot floor = AcceptorRules.raisedFloor(new Ballot(5, 1), new Ballot(3, 1));
        Acceptor absent = new Acceptor(KEY, AcceptorRules.promiseOfAbsentKey(floor), 0);
        assertFalse(absent.prepare(new Ballot(4, 1)));
        assertFalse(absent.accept(new Ballot(4, 1), new byte[1], new Ballot(4, 1)));
        assertTrue(absent.prepare(new Ballot(5, 1)));
    }

    @Test
    void onlyTheTombstoneThatAllHaveIsRemoved() {
        Ballot tombstone = new Ballot(4, 1);
        Ballot floor = new Ballot(6, 1);
        assertTrue(AcceptorRules.isRemoved(tombstone, true, floor, tombstone, floor));
        assertFalse(AcceptorRules.isRemoved(new Ballot(5, 1), true, floor, tombstone, floor), "another ballot");
        assertFalse(AcceptorRules.isRemoved(tombstone, false, floor, tombstone, floor), "a value");
        assertFalse(AcceptorRules.isRemoved(tombstone, true, new Ballot(7, 1), tombstone, floor), "a higher promise");
    }

    @Test
    void onlyAPromiseForNothingElseBecomesTheFloor() {
        assertTrue(AcceptorRules.becomesFloor(true, null));
        assertFalse(AcceptorRules.becomesFloor(true, new byte[1]));
        assertFalse(AcceptorRules.becomesFloor(false, null));
    }

    @Test
    void onlyARegisteredReplicaVotes() {
        for (ReplicaState state : ReplicaState.values()) {
            assertEquals(state == ReplicaState.VOTING, AcceptorRules.votes(state), state::name);
        }
    }

    @Test
    void anotherIncarnationAndALaterStartAreNotRecognised() {
        Set<Long> starts = Set.of(11L, 12L);
        assertTrue(AcceptorRules.recognises(new Remembered(1, 12L), 1, starts));
        assertTrue(AcceptorRules.recognises(new Remembered(1, null), 1, starts), "from before start numbers");
        assertFalse(AcceptorRules.recognises(new Remembered(1, 13L), 1, starts));
        assertFalse(AcceptorRules.recognises(new Remembered(2, 12L), 1, starts));
        assertFalse(AcceptorRules.recognises(new Remembered(2, null), 1, starts));
    }

    @Test
    void aDelayedRegistrationReplacesNoLaterStart() {
        Remembered known = new Remembered(1, 12L);
        assertTrue(AcceptorRules.replaces(known, registration(1, 12L)));
        assertFalse(AcceptorRules.replaces(known, registration(1, 11L)));
        assertFalse(AcceptorRules.replaces(known, registration(1, null)));
        assertFalse(AcceptorRules.replaces(known, registration(2, 12L)));
        assertTrue(AcceptorRules.replaces(null, registration(1, null)));
        assertFalse(AcceptorRules.replaces(null, registration(1, 11L)));
    }

    private static RegisterMethod.Request registration(long incarnation, @Nullable Long replaces) {
        return new RegisterMethod.Request("a, b, c", incarnation, replaces, 13L);
    }

    @Test
    void aReplicaWithoutItsMemoryIsNoWitness() {
        assertEquals(Witness.AMNESIAC, AcceptorRules.witness(ReplicaState.AMNESIAC, true));
        assertEquals(Witness.VOTED, AcceptorRules.witness(ReplicaState.REGISTERING, true));
        assertEquals(Witness.NEW, AcceptorRules.witness(ReplicaState.REGISTERING, false));
        for (boolean hasVoted : new boolean[] {false, true}) {
            assertFalse(AcceptorRules.counts(Witness.AMNESIAC, hasVoted));
            assertTrue(AcceptorRules.counts(Witness.VOTED, hasVoted));
            assertEquals(!hasVoted, AcceptorRules.counts(Witness.NEW, hasVoted));
        }
    }

    @Test
    void anyTwoGroupsOfRegistrarsMeet() {
        assertEquals(0, AcceptorRules.registrars(1));
        for (int n = 2; n <= MAX_REPLICAS; n++) {
            assertTrue(anyTwoMeet(AcceptorRules.registrars(n), n - 1), n + " replicas");
        }
    }

    @Test
    void registrarsOfAnOddClusterAreOneMoreThanItTolerates() {
        for (int f = 1; f <= 4; f++) {
            assertEquals(f + 1, AcceptorRules.registrars(2 * f + 1));
        }
    }

    @Test
    void registrarsIncludeOneThatKnowsTheLatestStart() {
        for (int n = 2; n <= MAX_REPLICAS; n++) {
            assertTrue(AcceptorRules.toRemember(n, true) + AcceptorRules.registrars(n) > n - 1, n + " replicas");
            assertEquals(AcceptorRules.registrars(n), AcceptorRules.toRemember(n, false), n + " replicas");
            int leftWithItselfStale = n - 1 - (Quorums.tolerated(n) - 1);
            assertTrue(AcceptorRules.registrars(n) <= leftWithItselfStale, n + " replicas");
        }
    }

    @Test
    void aReplicaThatVotedBeforeNeverPassesForNew() {
        for (int f = 1; f <= 4; f++) {
            int replicas = 2 * f + 1;
            for (int lost = 1; lost <= f - 1; lost++) {
                // Of the f + 1 that knew it, at least f + 1 - lost still do, and would say so.
                int silent = 2 * f - (f + 1 - lost);
                int counting = Math.max(0, silent - lost);
                assertFalse(
                        AcceptorRules.isKnownToBeNew(replicas, counting, lost), replicas + " replicas, lost " + lost);
            }
            assertTrue(AcceptorRules.isKnownToBeNew(replicas, replicas - 2, 1), replicas + " replicas");
        }
    }
}
