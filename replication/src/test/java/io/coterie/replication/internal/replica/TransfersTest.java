package io.coterie.replication.internal.replica;

import static io.coterie.replication.internal.wire.Refusals.kindOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.internal.wire.ListKind;
import io.coterie.replication.internal.wire.ListMethod;
import io.coterie.replication.internal.wire.ListMethod.Cursor;
import io.coterie.replication.internal.wire.ListMethod.OneKey;
import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.internal.wire.TransferMethod;
import io.coterie.replication.internal.wire.TransferMethod.Known;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.PrepareAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a replica lists for a change of the group, and what it takes. */
class TransfersTest extends ScriptedReplica {
    private static final int PAYLOAD_BYTES = 1 << 20;
    private static final long SINCE = 3;
    private static final long INCARNATION = 4;
    private static final Ballot HIGHER = new Ballot(6, 1);
    private static final Ballot FAR_AHEAD = new Ballot(Long.MAX_VALUE / 2, 1);
    private static final StoreSpec WEAK = new StoreSpec("w", "eventual");
    private static final RecordKey VALUE_KEY = new RecordKey(WEAK.id(), new byte[] {1});
    private static final byte[] STATE = {9};

    @Test
    void aListHasStoresRegistersValuesAndLastTheFloors() {
        Replica replica = votingReplica();
        Transfers transfers = open(replica);
        replica.registers().accept(A, accept(), new RecordedAnswer<>());
        take(transfers, List.of(WEAK), new Known.Value(VALUE_KEY, value(7)), new Known.Floor(STRONG.id(), HIGHER));
        ListMethod.Page page = list(transfers, true, PAYLOAD_BYTES, Cursor.START);
        assertNull(page.next());
        assertEquals(Set.of(STRONG, WEAK), Set.copyOf(page.stores()));
        List<Listed> entries = page.entries();
        assertEquals(
                List.of(ListKind.STORES, ListKind.STORES, ListKind.REGISTERS, ListKind.VALUES, ListKind.FLOORS),
                entries.stream().map(Listed::kind).toList());
        Listed.Register register = (Listed.Register) entries.get(2);
        assertEquals(KEY, register.key());
        assertEquals(BALLOT, register.accepted());
        assertEquals(BALLOT, register.promised());
        assertEquals(9, assertBytes(register.state())[0]);
        assertEquals(
                value(7).timestamp(), ((Listed.Value) entries.get(3)).value().timestamp());
        assertEquals(new Listed.Floor(STRONG.id(), HIGHER), entries.get(4));
    }

    /** Whoever passes it over forgets the promise. */
    @Test
    void aKeyWithAPromiseOnlyIsListed() {
        Replica replica = votingReplica();
        Transfers transfers = open(replica);
        replica.registers().prepare(A, new ReplicaMethods.Prepare(KEY, HIGHER), new RecordedAnswer<>());
        ListMethod.Page page = list(transfers, true, PAYLOAD_BYTES, Cursor.first(ListKind.REGISTERS));
        assertEquals(List.of(new Listed.Register(KEY, HIGHER, Ballot.NONE, null)), page.entries());
    }

    @Test
    void aListIsAnsweredOnceAllThatItNamesIsDurable() {
        Replica replica = votingReplica();
        Transfers transfers = open(replica);
        replica.registers().prepare(A, new ReplicaMethods.Prepare(KEY, HIGHER), new RecordedAnswer<>());
        RecordedAnswer<ListMethod.Page> page = new RecordedAnswer<>();
        transfers.list(B, new ListMethod.Request(SINCE, INCARNATION, false, 1 << 16, Cursor.START), page);
        assertNull(page.reply);
        journal.force();
        assertNotNull(page.reply);
    }

    @Test
    void statesAreLeftOutUnlessTheyAreAskedFor() {
        Replica replica = votingReplica();
        Transfers transfers = open(replica);
        replica.registers().accept(A, accept(), new RecordedAnswer<>());
        Listed entry = list(transfers, false, PAYLOAD_BYTES, Cursor.first(ListKind.REGISTERS))
                .entries()
                .get(0);
        assertEquals(new Listed.Register(KEY, BALLOT, BALLOT, null), entry);
    }

    @Test
    void pagesHaveEachKeyOnceAlsoWhereTheTableGrowsBetweenThem() {
        Replica replica = votingReplica();
        Transfers transfers = open(replica);
        promise(replica, 0, 300);
        Set<RecordKey> seen = new HashSet<>();
        int pages = 0;
        Cursor next = Cursor.START;
        while (next != null) {
            ListMethod.Page page = list(transfers, true, 1_000, next);
            for (Listed entry : page.entries()) {
                RecordKey key = entry.key();
                assertTrue(key == null || seen.add(key), "a key came twice");
            }
            pages++;
            promise(replica, 1_000 + 20 * pages, 20);
            next = page.next();
        }
        assertTrue(pages > 10);
        for (int i = 0; i < 300; i++) {
            assertTrue(seen.contains(key(i)), "key " + i);
        }
    }

    @Test
    void oneKeyIsListedWithTheFloorOfItsStore() {
        Replica replica = votingReplica();
        Transfers transfers = open(replica);
        promise(replica, 0, 3);
        take(transfers, List.of(), new Known.Floor(STRONG.id(), BALLOT), new Known.Floor(5, BALLOT));
        assertEquals(
                List.of(new Listed.Register(key(1), HIGHER, Ballot.NONE, null), new Listed.Floor(STRONG.id(), BALLOT)),
                one(transfers, key(1)).entries());
        assertEquals(
                List.of(new Listed.Floor(STRONG.id(), BALLOT)),
                one(transfers, key(7)).entries());
    }

    @Test
    void aRegisterIsAcceptedWithItsPromiseAndDurableBeforeTheAnswer() {
        Replica replica = votingReplica();
        Transfers transfers = open(replica);
        RecordedAnswer<TransferMethod.Answer> taken = new RecordedAnswer<>();
        transfers.take(B, request(List.of(), new Known.Register(KEY, BALLOT, HIGHER, STATE)), taken);
        assertNull(taken.reply);
        journal.force();
        assertEquals(new TransferMethod.Answer(List.of()), taken.reply);
        assertEquals(BALLOT, replica.registers().known(KEY).accepted());
        assertPromised(replica, KEY, HIGHER);
    }

    /** The coordinator of the promise may have learned that nothing below it is chosen. */
    @Test
    void aRegisterBelowAPromiseIsRefusedAndTheRestIsTaken() {
        Replica replica = votingReplica();
        Transfers transfers = open(replica);
        replica.registers().prepare(A, new ReplicaMethods.Prepare(KEY, HIGHER), new RecordedAnswer<>());
        TransferMethod.Answer taken = take(
                transfers,
                List.of(),
                new Known.Register(key(5), BALLOT, BALLOT, STATE),
                new Known.Register(KEY, BALLOT, BALLOT, STATE));
        assertEquals(List.of(1), taken.refused());
        assertEquals(Ballot.NONE, replica.registers().known(KEY).accepted());
        assertEquals(BALLOT, replica.registers().known(key(5)).accepted());
    }

    @Test
    void aRegisterThatIsThereGetsThePromiseOnly() {
        Replica replica = votingReplica();
        Transfers transfers = open(replica);
        replica.registers().accept(A, accept(), new RecordedAnswer<>());
        Ballot lower = new Ballot(4, 1);
        for (Ballot known : List.of(BALLOT, lower)) {
            assertEquals(
                    List.of(),
                    take(transfers, List.of(), new Known.Register(KEY, known, HIGHER, STATE))
                            .refused());
            assertEquals(BALLOT, replica.registers().known(KEY).accepted());
        }
        assertPromised(replica, KEY, HIGHER);
        int before = journal.appended.size();
        take(transfers, List.of(), new Known.Register(KEY, BALLOT, HIGHER, STATE));
        assertEquals(before, journal.appended.size(), "what is there is not written again");
    }

    @Test
    void aPromiseOnlyIsMadeAndNeverLowered() {
        Replica replica = votingReplica();
        Transfers transfers = open(replica);
        take(transfers, List.of(), new Known.Register(KEY, Ballot.NONE, HIGHER, null));
        take(transfers, List.of(), new Known.Register(KEY, Ballot.NONE, BALLOT, null));
        assertPromised(replica, KEY, HIGHER);
    }

    /** The group before has promised it, so a new one that refused it could never follow. */
    @Test
    void aPromiseFarAheadOfTheClockIsTaken() {
        Replica replica = votingReplica();
        take(open(replica), List.of(), new Known.Register(KEY, BALLOT, FAR_AHEAD, STATE));
        assertPromised(replica, KEY, FAR_AHEAD);
    }

    @Test
    void aFloorOnlyRises() {
        Replica replica = votingReplica();
        Transfers transfers = open(replica);
        take(transfers, List.of(), new Known.Floor(STRONG.id(), HIGHER));
        take(transfers, List.of(), new Known.Floor(STRONG.id(), BALLOT));
        assertPromised(replica, KEY, HIGHER);
    }

    @Test
    void theLaterOfTwoValuesStays() {
        Replica replica = votingReplica();
        Transfers transfers = open(replica);
        take(transfers, List.of(WEAK), new Known.Value(VALUE_KEY, value(7)));
        take(transfers, List.of(), new Known.Value(VALUE_KEY, value(6)));
        ListMethod.Page page = list(transfers, true, 1 << 16, Cursor.first(ListKind.VALUES));
        assertEquals(
                value(7).timestamp(),
                ((Listed.Value) page.entries().get(0)).value().timestamp());
    }

    @Test
    void aRecordOfAStoreThatIsNotRecordedIsRefusedAndOneOfAnotherPolicyToo() {
        Transfers transfers = open(votingReplica());
        RecordedAnswer<TransferMethod.Answer> taken = new RecordedAnswer<>();
        transfers.take(B, request(List.of(), new Known.Value(VALUE_KEY, value(7))), taken);
        assertEquals(RefusalKind.UNKNOWN_STORE, kindOf(taken.failure));
        transfers.take(B, request(List.of(EVENTUAL)), taken);
        assertEquals(RefusalKind.OTHER_POLICY, kindOf(taken.failure));
    }

    @Test
    void whoKnowsAnotherGroupOrMeansAnotherIncarnationIsRefused() {
        Replica replica = votingReplica();
        Transfers closed = replica.transfers(PAYLOAD_BYTES);
        assertEquals(RefusalKind.OTHER_EPOCH, refusalOf(closed, SINCE, INCARNATION));
        Transfers transfers = open(replica);
        assertEquals(RefusalKind.OTHER_EPOCH, refusalOf(transfers, SINCE + 1, INCARNATION));
        assertEquals(RefusalKind.OTHER_INCARNATION, refusalOf(transfers, SINCE, INCARNATION + 1));
    }

    private RefusalKind refusalOf(Transfers transfers, long since, long incarnation) {
        RecordedAnswer<TransferMethod.Answer> taken = new RecordedAnswer<>();
        transfers.take(B, new TransferMethod.Request(since, incarnation, List.of(), List.of()), taken);
        RecordedAnswer<ListMethod.Page> listed = new RecordedAnswer<>();
        transfers.list(B, new ListMethod.Request(since, incarnation, true, 1, Cursor.START), listed);
        assertEquals(kindOf(listed.failure), kindOf(taken.failure));
        return kindOf(listed.failure);
    }

    /** It may have promised more than it knows. */
    @Test
    void aReplicaThatDoesNotVoteListsAndTakesNothing() {
        assertEquals(RefusalKind.NOT_VOTING, refusalOf(open(open()), SINCE, INCARNATION));
    }

    private Transfers open(Replica replica) {
        Transfers transfers = replica.transfers(PAYLOAD_BYTES);
        transfers.gate((since, incarnation) -> {
            if (since != SINCE) {
                return new ReplicaRefusal(RefusalKind.OTHER_EPOCH, "it is " + SINCE);
            }
            return incarnation == INCARNATION ? null : new ReplicaRefusal(RefusalKind.OTHER_INCARNATION, "another");
        });
        return transfers;
    }

    private static void promise(Replica replica, int first, int count) {
        for (int i = first; i < first + count; i++) {
            replica.registers().prepare(A, new ReplicaMethods.Prepare(key(i), HIGHER), new RecordedAnswer<>());
        }
    }

    private ListMethod.Page one(Transfers transfers, RecordKey key) {
        return list(transfers, true, PAYLOAD_BYTES, new OneKey(ListKind.REGISTERS, key));
    }

    private ListMethod.Page list(Transfers transfers, boolean states, int mostBytes, ListMethod.Scope scope) {
        RecordedAnswer<ListMethod.Page> page = new RecordedAnswer<>();
        transfers.list(B, new ListMethod.Request(SINCE, INCARNATION, states, mostBytes, scope), page);
        journal.force();
        return page.reply;
    }

    private TransferMethod.Answer take(Transfers transfers, List<StoreSpec> stores, Known... known) {
        RecordedAnswer<TransferMethod.Answer> taken = new RecordedAnswer<>();
        transfers.take(B, request(stores, known), taken);
        journal.force();
        return taken.reply;
    }

    private static TransferMethod.Request request(List<StoreSpec> stores, Known... known) {
        return new TransferMethod.Request(SINCE, INCARNATION, stores, new ArrayList<>(List.of(known)));
    }

    /** By a prepare that is too low: its refusal reports the promise. */
    private void assertPromised(Replica replica, RecordKey key, Ballot promise) {
        RecordedAnswer<PrepareAnswer> refused = new RecordedAnswer<>();
        replica.registers().prepare(A, new ReplicaMethods.Prepare(key, new Ballot(1, 1)), refused);
        journal.force();
        assertEquals(promise, refused.reply.promised());
    }

    private static byte[] assertBytes(byte[] bytes) {
        assertNotNull(bytes);
        return bytes;
    }

    private static RecordKey key(int number) {
        return new RecordKey(
                STRONG.id(), ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    }

    private static VersionedValue value(long time) {
        return new VersionedValue(new HlcTimestamp(time << 16, 1), new byte[] {1});
    }
}
