package io.coterie.replication.internal.replica;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.TestLoop;
import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.internal.policy.WatchAnswer;
import io.coterie.replication.internal.policy.WatchRequest;
import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.PrepareAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ScanAnswer;
import io.coterie.replication.spi.ScanRequest;
import io.coterie.replication.spi.StoreRules;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.World;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A request that no honest node sends is refused by name, and leaves nothing behind at the replica.
 */
class ReplicaChecksTest {
    private static final NodeId A = NodeId.of("a");
    private static final StoreSpec REGISTERS = new StoreSpec("s", "registers");
    private static final StoreSpec VERSIONED = new StoreSpec("e", "versioned");
    private static final StoreSpec UNKNOWN = new StoreSpec("u", "of a user");
    private static final RecordKey KEY = new RecordKey(REGISTERS.id(), new byte[] {1});
    private static final byte[] STATE = {1, 2};
    private static final Ballot BALLOT = new Ballot(5, 1);
    private static final Map<String, StoreRules> RULES = Map.of(
            "registers",
            StoreRules.registers((state, ballot) -> state.length == 2),
            "versioned",
            StoreRules.versionedValues());

    private final Clock clock = new Clock() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public long wallMillis() {
            return 100_000;
        }
    };
    private final World world = new World(clock, new TestLoop(), () -> 7);
    private final Replica replica =
            Replica.open(A, world, new HlcClock(clock, () -> 7, 7), "a", Storage.memory(), RULES);

    ReplicaChecksTest() {
        replica.votingRight().configure();
        replica.votingRight().grant(() -> {});
        for (StoreSpec spec : new StoreSpec[] {REGISTERS, VERSIONED, UNKNOWN}) {
            replica.stores().open(A, new ReplicaMethods.Open(spec, false), new Answer<>());
        }
    }

    @Test
    void anAcceptOfWhatIsNoStateIsRefusedAndTheKeyContinues() {
        accept(KEY, BALLOT, STATE);

        Answer<AcceptAnswer> refused = accept(KEY, new Ballot(6, 1), new byte[3]);

        refused.isRefused("3 bytes are not a state of this store");
        assertArrayEquals(STATE, state(KEY));
        assertTrue(accept(KEY, new Ballot(6, 1), STATE).reply().accepted());
    }

    @Test
    void anAcceptOfWhatIsNoStateLeavesNoPromise() {
        accept(KEY, new Ballot(6, 1), new byte[3]).isRefused("are not a state");

        assertEquals(0, replica.records());
        assertTrue(accept(KEY, BALLOT, STATE).reply().accepted(), "with a lower ballot");
    }

    @Test
    void noBallotGoesWithTwoStates() {
        accept(KEY, BALLOT, STATE);

        accept(KEY, BALLOT, new byte[] {1, 3}).isRefused("ballot 5.1 was used for another state");

        assertArrayEquals(STATE, state(KEY));
        assertTrue(accept(KEY, BALLOT, STATE.clone()).reply().accepted(), "the same again");
    }

    @Test
    void aBallotThatNoCoordinatorMakesIsRefused() {
        for (long counter : new long[] {0, -1, Long.MIN_VALUE}) {
            Ballot ballot = new Ballot(counter, 1);
            accept(KEY, ballot, STATE).isRefused("is not one that a coordinator makes");
            Answer<PrepareAnswer> promise = new Answer<>();
            replica.registers().prepare(A, new ReplicaMethods.Prepare(KEY, ballot), promise);
            promise.isRefused("is not one that a coordinator makes");
        }
        assertEquals(0, replica.records());
    }

    @Test
    void registersAndVersionedValuesExcludeEachOther() {
        RecordKey versioned = new RecordKey(VERSIONED.id(), new byte[] {1});
        merge(KEY).isRefused("accepts no versioned values");
        Answer<VersionedValue> fetched = new Answer<>();
        replica.fetch(A, KEY, fetched);
        fetched.isRefused("accepts no versioned values");
        accept(versioned, BALLOT, STATE).isRefused("has no ballots");
        Answer<PrepareAnswer> promise = new Answer<>();
        replica.registers().prepare(A, new ReplicaMethods.Prepare(versioned, BALLOT), promise);
        promise.isRefused("has no ballots");
        Answer<Boolean> removed = new Answer<>();
        replica.registers().remove(A, new ReplicaMethods.Remove(versioned, BALLOT, BALLOT), removed);
        removed.isRefused("has no ballots");
        Answer<ReadMethod.Found> read = new Answer<>();
        replica.registers().read(A, new ReadMethod.Request(versioned, Ballot.NONE), read);
        read.isRefused("has no ballots");
        Answer<ScanAnswer> scanned = new Answer<>();
        replica.registers().scan(A, new ScanRequest(VERSIONED.id(), new byte[0], new byte[0], 1), 1 << 20, scanned);
        scanned.isRefused("has no ballots");
        Answer<WatchAnswer> watched = new Answer<>();
        replica.registers().watch(A, new WatchRequest(VERSIONED.id(), new byte[0], false, 1, 0, 0), 1 << 20, watched);
        watched.isRefused("has no ballots");
        assertEquals(0, replica.records());

        assertNull(merge(versioned).failure);
        assertTrue(accept(KEY, BALLOT, STATE).reply().accepted());
    }

    @Test
    void aKeyOfMoreThanFourKiBIsRefused() {
        for (StoreSpec spec : new StoreSpec[] {REGISTERS, UNKNOWN}) {
            RecordKey key = new RecordKey(spec.id(), new byte[RecordKey.MAX_BYTES + 1]);
            accept(key, BALLOT, STATE).isRefused("the key has 4097 bytes, and a replica accepts up to 4096");
            Answer<PrepareAnswer> promise = new Answer<>();
            replica.registers().prepare(A, new ReplicaMethods.Prepare(key, BALLOT), promise);
            promise.isRefused("the key has 4097 bytes");
        }
        merge(new RecordKey(VERSIONED.id(), new byte[RecordKey.MAX_BYTES + 1])).isRefused("the key has 4097 bytes");
        assertEquals(0, replica.records());
        assertTrue(accept(new RecordKey(REGISTERS.id(), new byte[RecordKey.MAX_BYTES]), BALLOT, STATE)
                .reply()
                .accepted());
        assertTrue(accept(new RecordKey(REGISTERS.id(), new byte[0]), BALLOT, STATE)
                .reply()
                .accepted());
    }

    @Test
    void aPolicyThatNothingIsKnownOfMayKeepWhatItLikes() {
        RecordKey key = new RecordKey(UNKNOWN.id(), new byte[] {1});
        assertTrue(accept(key, BALLOT, new byte[9]).reply().accepted());
        assertNull(merge(key).failure);
    }

    @Test
    void theNumberOfAStoreIsNotTakenByAnother() {
        assertNull(RequestChecks.problem(REGISTERS, null));
        assertNull(RequestChecks.problem(REGISTERS, new StoreSpec("s", "registers")));
        String problem = RequestChecks.problem(REGISTERS, VERSIONED);
        assertTrue(String.valueOf(problem).contains("has the same number as store \"e\""), problem);
    }

    private Answer<AcceptAnswer> accept(RecordKey key, Ballot ballot, byte[] state) {
        Answer<AcceptAnswer> answer = new Answer<>();
        replica.registers().accept(A, new ReplicaMethods.Accept(key, ballot, state, ballot), answer);
        return answer;
    }

    private Answer<HlcTimestamp> merge(RecordKey key) {
        Answer<HlcTimestamp> answer = new Answer<>();
        VersionedValue value = new VersionedValue(new HlcTimestamp(100_000L << 16, 1), new byte[] {2});
        replica.merge(A, new ReplicaMethods.Merge(key, value), answer);
        return answer;
    }

    private byte @Nullable [] state(RecordKey key) {
        return replica.registers().known(key).state();
    }

    private static final class Answer<A> implements Responder<A> {
        private @Nullable A reply;

        @Nullable
        Throwable failure;

        @Override
        public void reply(A response) {
            reply = response;
        }

        @Override
        public void fail(Throwable error) {
            failure = error;
        }

        A reply() {
            return Objects.requireNonNull(reply, () -> String.valueOf(failure));
        }

        void isRefused(String why) {
            assertNull(reply);
            ReplicaRefusal refusal = assertInstanceOf(ReplicaRefusal.class, failure);
            assertEquals(RefusalKind.WRONG_REQUEST, refusal.kind());
            String text = String.valueOf(refusal.getMessage());
            assertTrue(text.contains(why), text);
            assertTrue(refusal.kind().didNothing());
        }
    }
}
