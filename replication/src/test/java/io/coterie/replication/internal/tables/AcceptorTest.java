package io.coterie.replication.internal.tables;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import org.junit.jupiter.api.Test;

class AcceptorTest {
    private static final byte[] X = {1};
    private static final byte[] Y = {2};

    private final Acceptor acceptor = new Acceptor(new RecordKey(1, new byte[1]), Ballot.NONE, 0);

    @Test
    void aPromiseShutsOutLowerBallots() {
        assertTrue(acceptor.prepare(ballot(5)));
        assertFalse(acceptor.prepare(ballot(4)));
        assertFalse(acceptor.accept(ballot(4), X, ballot(4)));
        assertNull(acceptor.state());
    }

    @Test
    void aPromiseIsGivenAgainToTheSameBallot() {
        assertTrue(acceptor.prepare(ballot(5)));
        assertTrue(acceptor.prepare(ballot(5)));
    }

    @Test
    void anAcceptAtOrAboveThePromiseNeedsNoPrepare() {
        acceptor.prepare(ballot(5));
        assertTrue(acceptor.accept(ballot(6), X, ballot(6)));
        assertEquals(ballot(6), acceptor.accepted());
        assertEquals(ballot(6), acceptor.promised());
    }

    @Test
    void theNextBallotIsPromisedAlongWithTheAcceptedOne() {
        assertTrue(acceptor.accept(ballot(5), X, ballot(9)));
        assertEquals(ballot(9), acceptor.promised());
        assertFalse(acceptor.accept(ballot(8), Y, ballot(8)));
        assertTrue(acceptor.accept(ballot(9), Y, ballot(10)));
    }

    @Test
    void anAcceptedStateIsAcceptedAgainUnderAHigherPromise() {
        acceptor.accept(ballot(5), X, ballot(5));
        acceptor.prepare(ballot(8));
        assertTrue(acceptor.accept(ballot(5), X, ballot(5)));
        assertEquals(ballot(8), acceptor.promised());
    }

    @Test
    void acceptingAgainNeverLowersAPromise() {
        acceptor.accept(ballot(5), X, ballot(6));
        acceptor.prepare(ballot(8));
        assertTrue(acceptor.accept(ballot(5), X, ballot(6)));
        assertEquals(ballot(8), acceptor.promised());
        assertArrayEquals(X, acceptor.state());
    }

    @Test
    void ballotsOfOneCounterAreOrderedByTheirProposer() {
        acceptor.prepare(new Ballot(5, 2));
        assertFalse(acceptor.prepare(new Ballot(5, 1)));
        assertTrue(acceptor.prepare(new Ballot(5, 3)));
    }

    private static Ballot ballot(long counter) {
        return new Ballot(counter, 1);
    }
}
