package io.coterie.replication.internal.replica;

import static io.coterie.replication.internal.wire.Refusals.kindOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.error.OverloadedException;
import org.junit.jupiter.api.Test;

/** A replica that votes, and what it answers. */
class ReplicaTest extends ScriptedReplica {
    @Test
    void nothingIsAnsweredBeforeItIsDurable() {
        Replica replica = votingReplica();
        replica.registers().accept(A, accept(), answer.as());
        assertNull(answer.reply);
        journal.force();
        assertEquals(new AcceptAnswer(true, BALLOT), answer.reply);
    }

    @Test
    void noReadReportsASameBallotBeforeItIsDurable() {
        Replica replica = votingReplica();
        replica.registers().accept(A, accept(), new RecordedAnswer<>());
        replica.registers().read(A, new ReadMethod.Request(KEY, BALLOT), answer.as());
        assertNull(answer.reply);
        journal.force();
        assertEquals(ReadMethod.Found.AS_KNOWN, answer.reply);
    }

    @Test
    void aChangeThatCannotBeAppendedIsNeverAcknowledged() {
        Replica replica = votingReplica();
        journal.refusesMore = true;
        for (int i = 0; i < 3; i++) {
            RecordedAnswer<AcceptAnswer> again = new RecordedAnswer<>();
            replica.registers().accept(A, accept(), again);
            journal.force();
            assertNull(again.reply);
            assertEquals(RefusalKind.NO_STORAGE, kindOf(again.failure));
        }
        assertEquals(ReplicaState.FAILED, replica.votingRight().state());
    }

    @Test
    void aReplicaWithoutAHistoryDoesNotVote() {
        Replica replica = open();
        replica.stores().open(A, new ReplicaMethods.Open(STRONG, false), new RecordedAnswer<>());
        journal.force();
        replica.registers().accept(A, accept(), answer.as());
        assertEquals(RefusalKind.NOT_VOTING, kindOf(answer.failure));
    }

    @Test
    void anotherPolicyIsRefusedUnlessAMajorityRecordedIt() {
        Replica replica = votingReplica();
        replica.stores().open(A, new ReplicaMethods.Open(EVENTUAL, false), answer.as());
        assertEquals(RefusalKind.OTHER_POLICY, kindOf(answer.failure));
        int before = journal.appended.size();
        replica.stores().checkPolicies((store, then) -> then.accept("they do not"));
        replica.stores().open(A, new ReplicaMethods.Open(EVENTUAL, true), answer.as());
        assertEquals(RefusalKind.OTHER_POLICY, kindOf(answer.failure));
        assertEquals(before, journal.appended.size());
        replica.stores().checkPolicies((store, then) -> then.accept(null));
        replica.stores().open(A, new ReplicaMethods.Open(EVENTUAL, true), answer.as());
        journal.force();
        assertEquals(true, answer.reply);
        RecordedAnswer<AcceptAnswer> strong = new RecordedAnswer<>();
        replica.registers().accept(A, accept(), strong);
        assertEquals(RefusalKind.UNKNOWN_STORE, kindOf(strong.failure));
    }

    @Test
    void onlyAnOldStoreMayHaveInvisibleCharacters() {
        StoreSpec hidden = new StoreSpec("a\nb", "strong");
        Replica replica = votingReplica();
        replica.stores().open(B, new ReplicaMethods.Open(hidden, false), answer.as());
        assertEquals(RefusalKind.HIDDEN_CHARACTER, kindOf(answer.failure));
        assertNull(replica.stores().find(hidden.id()));

        journal.append(new JournalEntries().store(hidden));
        journal.reopened();
        replica = open();
        replica.stores().open(B, new ReplicaMethods.Open(hidden, false), answer.as());
        journal.force();
        assertEquals(true, answer.reply);
        assertEquals(hidden, replica.stores().find(hidden.id()));
    }

    @Test
    void aNodeThatCreatesStoresTooFastMayStillOpenOldOnes() {
        Replica replica = votingReplica();
        for (int i = 0; i < StoreQuota.BURST; i++) {
            replica.stores().open(B, new ReplicaMethods.Open(new StoreSpec("new" + i, "strong"), false), answer.as());
        }
        assertNull(answer.failure);
        replica.stores().open(B, new ReplicaMethods.Open(new StoreSpec("next", "strong"), false), answer.as());
        assertInstanceOf(OverloadedException.class, answer.failure);

        replica.stores().open(B, new ReplicaMethods.Open(STRONG, false), answer.as());
        journal.force();
        assertEquals(true, answer.reply);
    }

    @Test
    void aClosedReplicaAnswersNothing() {
        Replica replica = votingReplica();
        replica.close();
        replica.registers().accept(A, accept(), answer.as());
        assertEquals(RefusalKind.NO_STORAGE, kindOf(answer.failure));
    }

    @Test
    void aTombstoneIsForgottenOnceThatIsDurable() {
        Replica replica = withTombstone();
        Ballot floor = new Ballot(9, 9);
        replica.registers().remove(A, new ReplicaMethods.Remove(KEY, BALLOT, floor), answer.as());
        assertNull(answer.reply);
        journal.force();
        assertEquals(true, answer.reply);
        assertEquals(0, replica.records());
        replica.registers().read(A, new ReadMethod.Request(KEY, BALLOT), answer.as());
        assertEquals(new ReadMethod.Found(new ReadAnswer(Ballot.NONE, null)), answer.reply);
        replica.registers().accept(A, accept(), answer.as());
        assertEquals(new AcceptAnswer(false, floor), answer.reply);
        assertEquals(0, replica.records(), "a refusal must leave nothing");
    }

    @Test
    void nothingButTheVeryTombstoneIsForgotten() {
        Replica replica = withTombstone();
        replica.registers().remove(A, new ReplicaMethods.Remove(KEY, new Ballot(5, 0), new Ballot(9, 9)), answer.as());
        assertEquals(false, answer.reply);
        Ballot promised = new Ballot(8, 1);
        replica.registers().prepare(A, new ReplicaMethods.Prepare(KEY, promised), new RecordedAnswer<>());
        journal.force();
        replica.registers().remove(A, new ReplicaMethods.Remove(KEY, BALLOT, new Ballot(7, 1)), answer.as());
        assertEquals(false, answer.reply, "somebody was promised more than the floor");
        replica.registers()
                .accept(A, new ReplicaMethods.Accept(KEY, promised, new byte[] {1}, promised), new RecordedAnswer<>());
        journal.force();
        replica.registers().remove(A, new ReplicaMethods.Remove(KEY, promised, promised), answer.as());
        assertEquals(false, answer.reply, "it has a value");
        assertEquals(1, replica.records());
    }

    @Test
    void aPromiseForNothingElseBecomesTheFloor() {
        Replica replica = votingReplica();
        replica.registers().prepare(A, new ReplicaMethods.Prepare(KEY, BALLOT), answer.as());
        journal.force();
        replica.registers().deleted().forgetPromise(KEY);
        assertEquals(0, replica.records());
        replica.registers()
                .accept(A, new ReplicaMethods.Accept(KEY, new Ballot(5, 0), new byte[] {1}, BALLOT), answer.as());
        journal.force();
        assertEquals(new AcceptAnswer(false, BALLOT), answer.reply);
    }

    private Replica withTombstone() {
        Replica replica = votingReplica();
        replica.registers()
                .accept(A, new ReplicaMethods.Accept(KEY, BALLOT, new byte[] {0, 1}, BALLOT), new RecordedAnswer<>());
        journal.force();
        return replica;
    }
}
