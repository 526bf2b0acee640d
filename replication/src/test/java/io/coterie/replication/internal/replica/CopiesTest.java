package io.coterie.replication.internal.replica;

import static io.coterie.replication.internal.wire.Refusals.kindOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.internal.replica.Copies.Taken;
import io.coterie.replication.internal.tables.Digests;
import io.coterie.replication.internal.wire.CopyKind;
import io.coterie.replication.internal.wire.CopyMethod;
import io.coterie.replication.internal.wire.CopyMethod.Copy;
import io.coterie.replication.internal.wire.CopyMethod.Leaf;
import io.coterie.replication.internal.wire.CopyMethod.Version;
import io.coterie.replication.internal.wire.DigestMethod;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What replicas tell one another of their copies, and what they take. */
class CopiesTest extends ScriptedReplica {
    private static final int PAYLOAD_BYTES = 1 << 20;
    private static final Ballot HIGHER = new Ballot(6, 1);
    private static final StoreSpec WEAK = new StoreSpec("w", "eventual");
    private static final byte[] STATE = {9};

    @Test
    void aCopyOfARegisterIsAcceptedAndDurableBeforeItCounts() {
        Replica replica = votingReplica();
        Copies copies = replica.copies(PAYLOAD_BYTES);
        assertEquals(Taken.KEPT, copies.take(new Copy.Register(KEY, BALLOT, STATE)));
        boolean[] durable = {false};
        copies.whenDurable(() -> durable[0] = true);
        assertEquals(false, durable[0]);
        journal.force();
        assertEquals(true, durable[0]);
        assertEquals(BALLOT, replica.registers().known(KEY).accepted());
        assertEquals(Taken.KNOWN, copies.take(new Copy.Register(KEY, BALLOT, STATE)));
    }

    /** The coordinator of the promise may have learned that nothing below it is chosen. */
    @Test
    void aCopyBelowAPromiseIsNotAccepted() {
        Replica replica = votingReplica();
        replica.registers().prepare(A, new ReplicaMethods.Prepare(KEY, HIGHER), new RecordedAnswer<>());
        Copies copies = replica.copies(PAYLOAD_BYTES);

        assertEquals(Taken.PROMISED_HIGHER, copies.take(new Copy.Register(KEY, BALLOT, STATE)));
        assertEquals(Ballot.NONE, replica.registers().known(KEY).accepted());
    }

    @Test
    void aCopyBringsNoPromiseForALaterBallot() {
        Replica replica = votingReplica();
        assertEquals(Taken.KEPT, replica.copies(PAYLOAD_BYTES).take(new Copy.Register(KEY, BALLOT, STATE)));
        RecordedAnswer<AcceptAnswer> next = new RecordedAnswer<>();
        replica.registers().accept(A, new ReplicaMethods.Accept(KEY, HIGHER, STATE, HIGHER), next);
        journal.force();
        assertEquals(new AcceptAnswer(true, HIGHER), next.reply);
    }

    /** It may have promised more than it knows. */
    @Test
    void aReplicaThatDoesNotVoteTakesNoRegisters() {
        Replica replica = open();
        replica.copies(PAYLOAD_BYTES).learn(STRONG);
        assertEquals(Taken.REFUSED, replica.copies(PAYLOAD_BYTES).take(new Copy.Register(KEY, BALLOT, STATE)));
        assertEquals(Ballot.NONE, replica.registers().known(KEY).accepted());
    }

    /**
     * What it has may be older than a repair of ballots, and its ballots above those of today. What
     * it has of eventual stores does no harm.
     */
    @Test
    void aReplicaThatDoesNotVoteHandsOutNoRegisters() {
        Replica replica = votingReplica();
        replica.registers().accept(A, accept(), new RecordedAnswer<>());
        replica.votingRight().loseMemory("b remembers another incarnation");
        Copies copies = replica.copies(PAYLOAD_BYTES);
        copies.answer(B, new DigestMethod.Question(CopyKind.REGISTERS, 0, new int[] {0}), answer.as());
        assertEquals(RefusalKind.NOT_VOTING, kindOf(answer.failure));
        RecordedAnswer<CopyMethod.Answer> listed = new RecordedAnswer<>();
        List<Leaf> leaves = List.of(new Leaf(Digests.leaf(KEY), List.of()));
        copies.answer(B, new CopyMethod.Question(CopyKind.REGISTERS, 0, leaves), listed);
        assertEquals(RefusalKind.NOT_VOTING, kindOf(listed.failure));
        RecordedAnswer<CopyMethod.Answer> values = new RecordedAnswer<>();
        copies.answer(B, new CopyMethod.Question(CopyKind.VALUES, 0, leaves), values);
        journal.force();
        assertEquals(new CopyMethod.Answer(1, List.of(), List.of()), values.reply);
        assertEquals(false, copies.compares(CopyKind.REGISTERS));
        assertEquals(true, copies.compares(CopyKind.VALUES));
        assertEquals(false, open().copies(PAYLOAD_BYTES).compares(CopyKind.VALUES), "it is registering");
    }

    /** A timestamp far ahead of the clock counts as the oldest, though its number is higher. */
    @Test
    void aReplicaWithAValueFromAWrongClockGetsTheRightOne() {
        Replica replica = votingReplica();
        Copies copies = replica.copies(PAYLOAD_BYTES);
        copies.learn(WEAK);
        RecordKey key = new RecordKey(WEAK.id(), new byte[] {1});
        assertEquals(Taken.KEPT, copies.take(value(key, 5)));
        Version ahead = new Version(key.hashCode(), 1_000_000_000L << 16, 1);
        List<Leaf> leaves = List.of(new Leaf(Digests.leaf(key), List.of(ahead)));
        assertEquals(1, ask(replica, CopyKind.VALUES, 0, leaves).copies().size());
    }

    @Test
    void theLaterOfTwoValuesStays() {
        Copies copies = votingReplica().copies(PAYLOAD_BYTES);
        RecordKey key = new RecordKey(WEAK.id(), new byte[] {1});
        assertEquals(Taken.REFUSED, copies.take(value(key, 5)), "the store is not known");
        copies.learn(WEAK);
        assertEquals(Taken.KEPT, copies.take(value(key, 5)));
        assertEquals(Taken.KNOWN, copies.take(value(key, 4)));
        assertEquals(Taken.KNOWN, copies.take(value(key, 5)));
        assertEquals(Taken.KEPT, copies.take(value(key, 6)));
        assertEquals(
                Taken.REFUSED, copies.take(value(key, 1_000_000_000L)), "the timestamp is too far ahead of the clock");
    }

    @Test
    void aClosedReplicaTakesNothing() {
        Replica replica = votingReplica();
        Copies copies = replica.copies(PAYLOAD_BYTES);
        copies.learn(WEAK);
        replica.close();
        int before = journal.appended.size();
        assertEquals(Taken.REFUSED, copies.take(value(new RecordKey(WEAK.id(), new byte[] {1}), 5)));
        assertEquals(Taken.REFUSED, copies.take(new Copy.Register(KEY, BALLOT, STATE)));
        copies.learn(new StoreSpec("other", "strong"));
        assertEquals(before, journal.appended.size());
        assertTrue(copies.isClosed());
    }

    @Test
    void aStoreOfAnotherPolicyIsNotLearned() {
        Replica replica = votingReplica();
        replica.copies(PAYLOAD_BYTES).learn(EVENTUAL);
        assertNull(replica.stores().find(EVENTUAL.id()));
        assertNotNull(replica.stores().find(STRONG.id()));
    }

    @Test
    void onlyReplicasAreAnswered() {
        Copies copies = votingReplica().copies(PAYLOAD_BYTES);
        DigestMethod.Question root = new DigestMethod.Question(CopyKind.VALUES, 0, new int[] {0});
        copies.answer(NodeId.of("x"), root, answer.as());
        assertEquals(RefusalKind.NO_REPLICA, kindOf(answer.failure));
        RecordedAnswer<CopyMethod.Answer> listed = new RecordedAnswer<>();
        copies.answer(NodeId.of("x"), new CopyMethod.Question(CopyKind.VALUES, 0, List.of()), listed);
        assertEquals(RefusalKind.NO_REPLICA, kindOf(listed.failure));
    }

    @Test
    void aReplicaGetsWhatItLacksAndNothingElse() {
        Replica replica = votingReplica();
        replica.registers().accept(A, accept(), new RecordedAnswer<>());
        Version same = new Version(KEY.hashCode(), BALLOT.counter(), BALLOT.proposer());
        Version earlier = new Version(KEY.hashCode(), BALLOT.counter() - 1, BALLOT.proposer());
        Version later = new Version(KEY.hashCode(), BALLOT.counter(), BALLOT.proposer() + 1);
        assertEquals(1, lacked(replica, List.of()));
        assertEquals(1, lacked(replica, List.of(earlier)));
        assertEquals(0, lacked(replica, List.of(same)));
        assertEquals(0, lacked(replica, List.of(later)));
        // Two of their keys share the hash: the later version may be of the other one.
        assertEquals(1, lacked(replica, List.of(earlier, later)));
        assertEquals(0, lacked(replica, List.of(same, later)));
    }

    private int lacked(Replica replica, List<Version> versions) {
        return ask(replica, CopyKind.REGISTERS, 0, List.of(new Leaf(Digests.leaf(KEY), versions)))
                .copies()
                .size();
    }

    private CopyMethod.Answer ask(Replica replica, CopyKind kind, int skipped, List<Leaf> leaves) {
        RecordedAnswer<CopyMethod.Answer> found = new RecordedAnswer<>();
        replica.copies(PAYLOAD_BYTES).answer(B, new CopyMethod.Question(kind, skipped, leaves), found);
        journal.force();
        return found.reply;
    }

    /** Whatever does not fit is asked for again, with what came before listed or left out. */
    @Test
    void largeCopiesComeInPages() {
        Replica replica = votingReplica();
        Copies copies = replica.copies(PAYLOAD_BYTES);
        copies.learn(WEAK);
        List<Leaf> leaves = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            RecordKey key = new RecordKey(WEAK.id(), new byte[] {(byte) i});
            assertEquals(
                    Taken.KEPT,
                    copies.take(new Copy.Value(key, new VersionedValue(new HlcTimestamp(5, i), new byte[60_000]))));
            leaves.add(new Leaf(Digests.leaf(key), List.of()));
        }
        CopyMethod.Answer page = ask(replica, CopyKind.VALUES, 0, leaves);
        assertEquals(2, page.copies().size());
        assertEquals(2, page.leaves());
        assertEquals(List.of(WEAK), page.stores());
        page = ask(replica, CopyKind.VALUES, 0, leaves.subList(2, 5));
        assertEquals(2, page.leaves());
        page = ask(replica, CopyKind.VALUES, 0, leaves.subList(4, 5));
        assertEquals(1, page.leaves());
        assertEquals(1, page.copies().size());
        page = ask(replica, CopyKind.VALUES, 1, leaves.subList(4, 5));
        assertEquals(1, page.leaves());
        assertTrue(page.copies().isEmpty());
    }

    private static Copy value(RecordKey key, long time) {
        return new Copy.Value(key, new VersionedValue(new HlcTimestamp(time << 16, 1), new byte[] {1}));
    }
}
