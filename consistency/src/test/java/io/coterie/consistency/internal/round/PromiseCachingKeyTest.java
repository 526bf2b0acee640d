package io.coterie.consistency.internal.round;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.coterie.consistency.internal.register.BatchOutcome;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.rules.CachedPromise;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PromiseCachingKeyTest {
    private static final Voters VOTERS = Voters.stable(List.of(NodeId.of("a")));
    private static final Ballot BALLOT = new Ballot(8, 9);
    private static final BatchOutcome OWN = BatchOutcome.ofOwn(1, 10, 2);
    private static final BatchOutcome FORWARDED = BatchOutcome.ofForwarded(3, 11, new byte[] {7, 7});

    private final PromiseCachingKey key = new PromiseCachingKey(new RecordKey(1, new byte[] {1})) {};

    @Test
    void whatIsTakenIsWhatWasHeldAndOnce() {
        for (byte[] value : new byte[][] {null, {}, {1, 2, 3}}) {
            for (List<BatchOutcome> outcomes :
                    List.of(List.<BatchOutcome>of(), List.of(OWN), List.of(FORWARDED, OWN))) {
                RegisterState state = RegisterState.of(value, new Ballot(5, 6), new Ballot(3, 4), 9, outcomes);
                key.cachePromise(VOTERS, BALLOT, state);
                CachedPromise cached = Objects.requireNonNull(key.takePromise(VOTERS));
                assertEquals(BALLOT, cached.ballot());
                assertSame(state, cached.state());
                assertSame(state, RegisterState.decode(cached.state().bytes()));
                assertNull(key.takePromise(VOTERS));
            }
        }
    }

    @Test
    void whatOtherVotersHavePromisedIsVoid() {
        key.cachePromise(VOTERS, BALLOT, RegisterState.ABSENT);

        assertNull(key.takePromise(Voters.stable(VOTERS.replicas())));
        assertNull(key.takePromise(VOTERS));
    }

    /** In all that can be asked of a state, and in the state that comes after it. */
    private static void assertSame(RegisterState expected, RegisterState actual) {
        assertArrayEquals(expected.bytes(), actual.bytes());
        assertArrayEquals(expected.value(), actual.value());
        assertEquals(expected.isTombstone(), actual.isTombstone());
        assertEquals(expected.version(), actual.version());
        assertEquals(expected.parent(), actual.parent());
        assertEquals(expected.horizon(), actual.horizon());
        assertEquals(expected.outcomes().size(), actual.outcomes().size());
        for (long origin = 1; origin <= 3; origin++) {
            assertEquals(expected.newestTimestamp(origin), actual.newestTimestamp(origin));
            assertEquals(expected.outcomeOf(origin) == null, actual.outcomeOf(origin) == null);
            List<BatchOutcome> next = List.of(BatchOutcome.ofOwn(origin, 12, 0));
            assertArrayEquals(
                    expected.after(new byte[1], BALLOT, next).bytes(),
                    actual.after(new byte[1], BALLOT, next).bytes());
        }
    }
}
