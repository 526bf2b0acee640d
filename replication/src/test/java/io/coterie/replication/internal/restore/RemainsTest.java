package io.coterie.replication.internal.restore;

import static io.coterie.replication.internal.membership.Configurations.genesis;
import static io.coterie.replication.internal.membership.Configurations.id;
import static io.coterie.replication.internal.membership.Configurations.member;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.KeeperRecord;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.membership.Successors;
import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.tables.VersionedRecord;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.quorums.QuorumPair;
import io.coterie.replication.quorums.QuorumSystem;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.spi.Clock;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What directories of stopped replicas are worth together, and what is made of them. */
class RemainsTest {
    private static final Configuration ABC = genesis("a", "b", "c");
    private static final StoreSpec STRONG = new StoreSpec("s", "strong");
    private static final StoreSpec EVENTUAL = new StoreSpec("e", "eventual");
    private static final long LAST_START = 20;
    private static final Clock CLOCK = new Clock() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public long wallMillis() {
            return 1_735_689_600_000L;
        }
    };

    private static StoppedDirectory directory(String name, @Nullable Configuration adopted) {
        ReplicaTables tables = new ReplicaTables(CLOCK);
        tables.incarnation = id(name).incarnation();
        tables.replicas = "a, b, c";
        tables.configuration = adopted;
        tables.voting = true;
        tables.starts.add(LAST_START);
        tables.store(STRONG);
        tables.store(EVENTUAL);
        return new StoppedDirectory("/" + name, id(name), tables, false);
    }

    private static StoppedDirectory accepting(StoppedDirectory directory, Configuration accepted) {
        directory.tables().keeper =
                new KeeperRecord(accepted.epoch() - 1, new Ballot(1, 1), new Ballot(1, 1), accepted);
        return directory;
    }

    private static void remember(StoppedDirectory one, String other, long start) {
        one.tables()
                .registrations
                .put(id(other).node(), new Remembered(id(other).incarnation(), start));
    }

    private static List<String> doubts(StoppedDirectory... all) {
        return new Remains(List.of(all)).doubts();
    }

    private static void assertDoubt(String part, StoppedDirectory... all) {
        List<String> doubts = doubts(all);
        assertTrue(doubts.stream().anyMatch(each -> each.contains(part)), doubts::toString);
    }

    private static String refused(StoppedDirectory... all) {
        return String.valueOf(assertThrows(StorageException.class, () -> new Remains(List.of(all)))
                .getMessage());
    }

    @Test
    void aMajorityOfTheLastMembersLeavesNoDoubt() {
        assertEquals(List.of(), doubts(directory("a", ABC), directory("c", ABC)));
        assertEquals(List.of(), doubts(directory("a", ABC), directory("b", ABC), directory("c", ABC)));
    }

    @Test
    void aStoreThatHasChosenItsQuorumsNeedsItsOwn() {
        QuorumPair pair = new QuorumPair(QuorumSystem.all(), QuorumSystem.atLeast(1));
        StoppedDirectory a = directory("a", ABC);
        a.tables().store(new StoreSpec("t", pair.policyName("strong")));
        assertDoubt("store \"t\" has chosen its quorums", a, directory("c", ABC));
        assertEquals(List.of(), doubts(a, directory("b", ABC), directory("c", ABC)));
        StoppedDirectory listed = directory("a", null);
        listed.tables().store(new StoreSpec("t", pair.policyName("strong")));
        assertDoubt("store \"t\" has chosen its quorums", listed, directory("c", null));
    }

    @Test
    void aMinorityLeavesADoubt() {
        assertDoubt("1 of the 3 members in the last known configuration, of epoch 1", directory("b", ABC));
    }

    @Test
    void aClusterFromBeforeThereWereConfigurationsIsJudgedByItsList() {
        assertEquals(List.of(), doubts(directory("a", null), directory("c", null)));
        assertDoubt("1 of the 3 replicas", directory("a", null));
    }

    /** A lagging one counts by the configuration that the others know. */
    @Test
    void aMemberThatDoesNotKnowTheLastConfigurationCounts() {
        Configuration joint = Successors.begin(ABC, id("b"), member("d"));
        Configuration now = Successors.commit(joint);
        assertEquals(List.of(), doubts(directory("a", ABC), directory("d", now)));
    }

    @Test
    void aMemberThatWasRemovedIsLeftOut() {
        Configuration now = Successors.commit(Successors.begin(ABC, id("b"), member("d")));
        StoppedDirectory removed = directory("b", ABC);
        Remains remains = new Remains(List.of(directory("a", now), removed));
        assertEquals(1, remains.taken().size());
        assertTrue(remains.findings().toString().contains("/b is that of no member, and is left out"));
        assertDoubt("1 of the 3 members", directory("a", now), removed);
    }

    @Test
    void aMemberThatWasAwayInBetweenIsLeftOut() {
        Configuration without = Successors.commit(Successors.begin(ABC, id("b"), null));
        Configuration again = Successors.commit(Successors.begin(without, null, member("b")));
        Remains remains = new Remains(List.of(directory("a", again), directory("b", ABC)));
        assertEquals(
                List.of("/a"),
                remains.taken().stream().map(StoppedDirectory::place).toList());
    }

    @Test
    void whereNobodyIsAMemberAllIsTakenWithADoubt() {
        Configuration now = Successors.commit(Successors.begin(ABC, id("b"), member("d")));
        StoppedDirectory removed = directory("b", now);
        assertEquals(List.of(removed), new Remains(List.of(removed)).taken());
        assertDoubt("none of the directories is that of a member", removed);
    }

    /** The next group may have decided alone. */
    @Test
    void aConfigurationThatMayHaveBeenChosenNeedsItsMajorityToo() {
        Configuration joint = Successors.begin(ABC, id("b"), member("d"));
        Configuration commit = Successors.commit(joint);
        assertEquals(List.of(), doubts(directory("a", joint), directory("b", joint)));
        assertDoubt("which may have followed it", accepting(directory("a", joint), commit), directory("b", joint));
        assertEquals(List.of(), doubts(accepting(directory("a", joint), commit), directory("c", joint)));
    }

    @Test
    void withoutAMajorityOfTheKeepersALaterConfigurationMayBeUnknown() {
        Configuration seven = genesis("a", "b", "c", "d", "e", "f", "g");
        Configuration few = new Configuration(
                seven.cluster(),
                1,
                seven.members(),
                Stream.of("a", "b", "c").map(name -> id(name)).toList(),
                1,
                seven.ranges());
        assertEquals(
                List.of(), doubts(directory("a", few), directory("b", few), directory("d", few), directory("e", few)));
        assertDoubt(
                "not known whether the members have changed",
                directory("a", few),
                directory("d", few),
                directory("e", few),
                directory("f", few));
    }

    @Test
    void anOlderCopyIsTakenAndDoesNotCount() {
        StoppedDirectory a = directory("a", ABC);
        remember(a, "b", LAST_START + 1);
        StoppedDirectory b = directory("b", ABC);
        assertEquals(List.of(a, b), new Remains(List.of(a, b)).taken());
        assertDoubt("/b is an older copy", a, b);
        assertDoubt("1 of the 3 members", a, b);
        remember(a, "b", LAST_START);
        assertEquals(List.of(), doubts(a, b));
    }

    @Test
    void anUnfinishedRepairLeavesADoubt() {
        StoppedDirectory a = directory("a", ABC);
        assertDoubt(
                "a repair of ballots",
                new StoppedDirectory(a.place(), a.id(), a.tables(), true),
                directory("b", ABC),
                directory("c", ABC));
    }

    @Test
    void directoriesOfTwoClustersAreRefused() {
        Configuration other = Configuration.genesis(10, List.of(member("b")), 1);
        String why = refused(directory("a", ABC), directory("b", other));
        assertTrue(why.contains("do not belong to one cluster"), why);
        assertTrue(why.contains("/b belongs to cluster number a"), why);
    }

    @Test
    void twoDirectoriesOfOneReplicaAreRefused() {
        String why = refused(directory("a", ABC), directory("a", ABC));
        assertTrue(why.contains("one is a copy"), why);
    }

    private static void accept(StoppedDirectory in, String key, long accepted, long promised, String state) {
        Acceptor acceptor = new Acceptor(key(STRONG, key), Ballot.NONE, 0);
        acceptor.accept(new Ballot(accepted, 1), state.getBytes(UTF_8), new Ballot(promised, 1));
        in.tables().restore(acceptor, false);
    }

    private static void put(StoppedDirectory in, String key, long time, @Nullable String value) {
        in.tables()
                .put(
                        key(EVENTUAL, key),
                        new VersionedValue(new HlcTimestamp(time, 1), value == null ? null : value.getBytes(UTF_8)),
                        0);
    }

    private static RecordKey key(StoreSpec store, String key) {
        return new RecordKey(store.id(), key.getBytes(UTF_8));
    }

    private static MergedRecords merged(StoppedDirectory... all) {
        MergedRecords merged = new MergedRecords(CLOCK, () -> 1);
        merged.add(Stream.of(all).map(StoppedDirectory::tables).toList());
        return merged;
    }

    @Test
    void ofEachKeyTheHighestBallotAndTheHighestPromiseAreTaken() {
        StoppedDirectory a = directory("a", ABC);
        StoppedDirectory b = directory("b", ABC);
        accept(a, "k", 5, 9, "older");
        accept(b, "k", 6, 7, "newer");
        accept(a, "only a", 3, 3, "v");
        b.tables().restore(new Acceptor(key(STRONG, "only a"), new Ballot(8, 8), 0), true);
        a.tables().floors.raise(STRONG.id(), new Ballot(2, 2));
        b.tables().floors.raise(STRONG.id(), new Ballot(1, 1));
        for (ReplicaTables tables : List.of(merged(a, b).tables(), merged(b, a).tables())) {
            Acceptor k = tables.acceptor(key(STRONG, "k"));
            assertEquals(new Ballot(6, 1), k.accepted());
            assertEquals(new Ballot(9, 1), k.promised());
            assertArrayEquals("newer".getBytes(UTF_8), k.state());
            Acceptor only = tables.acceptor(key(STRONG, "only a"));
            assertEquals(new Ballot(3, 1), only.accepted());
            assertEquals(new Ballot(8, 8), only.promised());
            assertEquals(new Ballot(2, 2), tables.floors.of(STRONG.id()));
        }
    }

    @Test
    void ofEventualValuesTheLatestIsTakenAlsoIfItIsADelete() {
        StoppedDirectory a = directory("a", ABC);
        StoppedDirectory b = directory("b", ABC);
        put(a, "k", 5, "older");
        put(b, "k", 6, null);
        for (ReplicaTables tables : List.of(merged(a, b).tables(), merged(b, a).tables())) {
            VersionedRecord k = Objects.requireNonNull(tables.values.get(key(EVENTUAL, "k")));
            assertNull(k.value().value());
            assertEquals(6, k.value().timestamp().time());
        }
    }

    @Test
    void thePolicyThatMostHaveRecordedIsKept() {
        StoppedDirectory a = directory("a", ABC);
        StoppedDirectory b = directory("b", ABC);
        StoppedDirectory c = directory("c", ABC);
        a.tables().store(new StoreSpec("s", "other"));
        MergedRecords merged = merged(a, b, c);
        assertEquals(STRONG, merged.tables().storesByName.get("s"));
        assertEquals(1, merged.findings().size());
    }

    @Test
    void aReplicaWithNewRecordsIsNoMember() {
        StoppedDirectory a = directory("a", ABC);
        StoppedDirectory lost = new StoppedDirectory(
                "/b", new MemberId(id("b").node(), 4_711), directory("b", ABC).tables(), false);
        assertEquals(List.of(a), new Remains(List.of(a, lost)).taken());
    }
}
