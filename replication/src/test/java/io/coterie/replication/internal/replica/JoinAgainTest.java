package io.coterie.replication.internal.replica;

import static io.coterie.replication.internal.membership.Configurations.genesis;
import static io.coterie.replication.internal.membership.Configurations.id;
import static io.coterie.replication.internal.membership.Configurations.member;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.Successors;
import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.PrepareAnswer;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A replica that was a member, was removed, and joined again begins with nothing. */
class JoinAgainTest extends ScriptedReplica {
    private static final StoreSpec WEAK = new StoreSpec("w", "eventual");
    private static final RecordKey WEAK_KEY = new RecordKey(WEAK.id(), new byte[] {1});
    private static final RecordKey LATER = new RecordKey(STRONG.id(), new byte[] {2});
    private static final RecordKey PROMISED = new RecordKey(STRONG.id(), new byte[] {3});
    private static final VersionedValue VALUE = new VersionedValue(new HlcTimestamp(3, 4), new byte[] {5});

    private static final Configuration ABC = genesis("a", "b", "c");
    private static final Configuration LEAVING = Successors.begin(ABC, id("a"), member("d"));
    private static final Configuration AWAY = Successors.commit(LEAVING);
    private static final Configuration BACK = Successors.begin(AWAY, id("d"), member("a"));

    /** So large that a compaction has several pieces. */
    private static final int LARGE_BYTES = 100 << 10;

    private static final int LARGE = 20;
    private static final int STEPS = 7;

    /** What it has of eventual stores, which stays. */
    private static final int VALUES = 1;

    @Test
    void whatItKeptBeforeIsGoneAtOnceAndAfterARestart() {
        Replica replica = votingMember();
        adopt(replica, ABC);
        keepOld(replica);
        assertHasOld(replica);
        adopt(replica, LEAVING);
        adopt(replica, AWAY);
        assertHasOld(replica);
        adopt(replica, BACK);
        assertEquals(VALUES, replica.records());
        journal.force();
        journal.reopened();
        assertEquals(VALUES, votingMember().records());
    }

    @Test
    void whatItKeptBeforeItMissedThatItWasAwayIsGoneToo() {
        Replica replica = votingMember();
        adopt(replica, ABC);
        keepOld(replica);
        adopt(replica, Successors.commit(BACK));
        assertEquals(VALUES, replica.records());
        journal.reopened();
        assertEquals(VALUES, open().records());
    }

    /** One entry stands for the drop: without it the records of before came back. */
    @Test
    void aCompactionBetweenAnyTwoStepsChangesNothing() {
        for (int compacted = 0; compacted < STEPS; compacted++) {
            journal.forget();
            List<Runnable> steps = steps(votingMember());
            assertEquals(STEPS, steps.size());
            for (int i = 0; i < steps.size(); i++) {
                journal.compacts = i == compacted;
                steps.get(i).run();
                journal.force();
                journal.force();
            }
            assertEquals(1, journal.compactions);
            assertHasNewOnly();
        }
    }

    @Test
    void aReplicaJoinsAgainInTheMidstOfACompaction() {
        Replica replica = votingMember();
        adopt(replica, ABC);
        for (int i = 0; i < LARGE; i++) {
            accept(replica, new RecordKey(STRONG.id(), new byte[] {9, (byte) i}), new byte[LARGE_BYTES]);
        }
        keepOld(replica);
        adopt(replica, AWAY);
        journal.compacts = true;
        accept(replica, KEY, new byte[] {9});
        journal.force();
        assertEquals(0, journal.compactions);
        adopt(replica, BACK);
        keepNew(replica);
        for (int i = 0; i < LARGE; i++) {
            journal.force();
        }
        assertEquals(1, journal.compactions);
        assertHasNewOnly();
    }

    private List<Runnable> steps(Replica replica) {
        return List.of(
                () -> adopt(replica, ABC),
                () -> keepOld(replica),
                () -> adopt(replica, LEAVING),
                () -> adopt(replica, AWAY),
                () -> adopt(replica, BACK),
                () -> keepNew(replica),
                () -> adopt(replica, Successors.commit(BACK)));
    }

    private static void adopt(Replica replica, Configuration configuration) {
        replica.configurations().adopt(configuration);
    }

    private void keepOld(Replica replica) {
        accept(replica, KEY, new byte[] {9});
        replica.registers().prepare(A, new ReplicaMethods.Prepare(PROMISED, new Ballot(90, 1)), new RecordedAnswer<>());
        replica.stores().open(A, new ReplicaMethods.Open(WEAK, false), new RecordedAnswer<>());
        replica.merge(A, new ReplicaMethods.Merge(WEAK_KEY, VALUE), new RecordedAnswer<>());
    }

    private void assertHasOld(Replica replica) {
        assertEquals(BALLOT, accepted(replica, KEY));
        assertEquals(3, replica.records());
    }

    private void keepNew(Replica replica) {
        accept(replica, LATER, new byte[] {8});
    }

    private void assertHasNewOnly() {
        journal.reopened();
        Replica replica = votingMember();
        assertEquals(1 + VALUES, replica.records());
        assertEquals(BALLOT, accepted(replica, LATER));
        assertEquals(Ballot.NONE, accepted(replica, KEY));
        RecordedAnswer<PrepareAnswer> promise = new RecordedAnswer<>();
        replica.registers().prepare(A, new ReplicaMethods.Prepare(PROMISED, BALLOT), promise);
        journal.force();
        assertTrue(promise.reply.granted(), "the promise of before is forgotten");
    }

    private static void accept(Replica replica, RecordKey key, byte[] state) {
        replica.registers().accept(A, new ReplicaMethods.Accept(key, BALLOT, state, BALLOT), new RecordedAnswer<>());
    }

    private Ballot accepted(Replica replica, RecordKey key) {
        RecordedAnswer<ReadMethod.Found> found = new RecordedAnswer<>();
        replica.registers().read(A, new ReadMethod.Request(key, new Ballot(1, 1)), found);
        journal.force();
        ReadAnswer other = found.reply.other();
        return other == null ? Ballot.NONE : other.accepted();
    }
}
