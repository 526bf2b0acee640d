package io.coterie.replication.internal.tables;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.Ballot;
import io.coterie.replication.RecordKey;
import org.junit.jupiter.api.Test;

class RegisterTest {
    private static final byte[] X = {1};
    private static final byte[] Y = {2};

    private final Register register = new Register(new RecordKey(1, new byte[1]), Ballot.NONE, 0);

    @Test
    void aPromiseShutsOutLowerBallots() {
        assertTrue(register.prepare(ballot(5)));
        assertFalse(register.prepare(ballot(4)));
        assertFalse(register.accept(ballot(4), X, ballot(4)));
        assertNull(register.state());
    }

    @Test
    void aPromiseIsGivenAgainToTheSameBallot() {
        assertTrue(register.prepare(ballot(5)));
        assertTrue(register.prepare(ballot(5)));
    }

    @Test
    void aBallotNotBelowThePromiseIsAcceptedWithoutAPrepareOfItsOwn() {
        register.prepare(ballot(5));
        assertTrue(register.accept(ballot(6), X, ballot(6)));
        assertEquals(ballot(6), register.accepted());
        assertEquals(ballot(6), register.promised());
    }

    @Test
    void theNextBallotIsPromisedAlongWithTheAcceptedOne() {
        assertTrue(register.accept(ballot(5), X, ballot(9)));
        assertEquals(ballot(9), register.promised());
        assertFalse(register.accept(ballot(8), Y, ballot(8)));
        assertTrue(register.accept(ballot(9), Y, ballot(10)));
    }

    @Test
    void whatIsAcceptedIsAcceptedAgainUnderAHigherPromise() {
        register.accept(ballot(5), X, ballot(5));
        register.prepare(ballot(8));
        assertTrue(register.accept(ballot(5), X, ballot(5)));
        assertEquals(ballot(8), register.promised());
    }

    @Test
    void acceptingAgainNeverLowersAPromise() {
        register.accept(ballot(5), X, ballot(6));
        register.prepare(ballot(8));
        assertTrue(register.accept(ballot(5), X, ballot(6)));
        assertEquals(ballot(8), register.promised());
        assertArrayEquals(X, register.state());
    }

    @Test
    void ballotsOfOneCounterAreOrderedByTheirProposer() {
        register.prepare(new Ballot(5, 2));
        assertFalse(register.prepare(new Ballot(5, 1)));
        assertTrue(register.prepare(new Ballot(5, 3)));
    }

    private static Ballot ballot(long counter) {
        return new Ballot(counter, 1);
    }
}
