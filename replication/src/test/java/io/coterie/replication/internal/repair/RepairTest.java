package io.coterie.replication.internal.repair;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.internal.journal.FaultyDisk;
import io.coterie.replication.internal.journal.RepairMark;
import io.coterie.replication.internal.repair.RepairedDisks.Copy;
import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.storage.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Repairs of ballots on disks that fail, with death at each of their operations. */
class RepairTest {
    private static final Ballot END = new Ballot(Long.MAX_VALUE, Long.MAX_VALUE);
    private static final Ballot LAST = new Ballot(Long.MAX_VALUE, 5);
    private static final Ballot LAST_BUT_ONE = new Ballot(Long.MAX_VALUE - 1, 5);
    private static final int POWER_LOSSES_PER_DEATH = 2;

    private final RepairedDisks disks = poisoned(new RepairedDisks());

    /** Keys that are stuck, each in another way, beside others that are not. */
    private static RepairedDisks poisoned(RepairedDisks disks) {
        Ballot sane = disks.ballotAhead(Duration.ofMinutes(-1));
        for (String name : RepairedDisks.NAMES) {
            disks.write(name, journal -> {
                for (int i = 0; i < 12; i++) {
                    journal.acceptor("k" + i, sane, sane, "v" + i);
                }
                journal.acceptor("end", END, sane, "of end");
                journal.promise("promised", END);
                journal.floor(END);
            });
        }
        disks.write("a", journal -> journal.acceptor("last", LAST, LAST, "newer"));
        disks.write("b", journal -> journal.acceptor("last", LAST, LAST, "newer"));
        disks.write("c", journal -> journal.acceptor("last", LAST, LAST_BUT_ONE, "older"));
        disks.write(
                "a", journal -> journal.acceptor("apart", disks.ballotAhead(Duration.ofDays(900)), sane, "of apart"));
        disks.write(
                "b", journal -> journal.acceptor("apart", disks.ballotAhead(Duration.ofDays(1800)), sane, "of apart"));
        disks.write("c", journal -> journal.acceptor("apart", sane, sane, "of apart"));
        disks.write("a", journal -> journal.acceptor("lie", sane, sane, "acknowledged"));
        disks.write("b", journal -> journal.acceptor("lie", LAST, LAST, "lie"));
        disks.write("c", journal -> journal.acceptor("lie", sane, sane, "acknowledged"));
        disks.write("b", journal -> journal.acceptor("lie on nothing", LAST, LAST, "lie"));
        return disks;
    }

    private static void assertRepaired(RepairedDisks disks) throws IOException {
        assertAgree(disks, "end", "of end");
        assertAgree(disks, "last", "newer");
        assertAgree(disks, "apart", "of apart");
        assertAgree(disks, "lie", "acknowledged");
        assertAgree(disks, "lie on nothing", null);
        for (String name : RepairedDisks.NAMES) {
            Copy promised = disks.copy(name, "promised");
            assertEquals(Ballot.NONE, promised.accepted());
            assertTrue(disks.isInBounds(promised.promised()), () -> name + ": " + promised);
            assertTrue(disks.isInBounds(disks.floor(name)), () -> name + ": " + disks.floor(name));
            for (int i = 0; i < 12; i++) {
                Copy sane = disks.copy(name, "k" + i);
                assertEquals("v" + i, sane.state());
                assertEquals(disks.ballotAhead(Duration.ofMinutes(-1)), sane.accepted());
            }
        }
        assertTrue(disks.repair().look().isEmpty());
        assertFalse(disks.repair().isUnfinished());
    }

    /**
     * The same state under the same ballot everywhere, which is in bounds, and so is what is
     * promised.
     */
    private static void assertAgree(RepairedDisks disks, String key, @Nullable String state) {
        Copy first = disks.copy("a", key);
        assertEquals(state, first.state(), key);
        assertTrue(disks.isInBounds(first.promised()), () -> key + ": " + first);
        assertEquals(first, disks.copy("b", key), key);
        assertEquals(first, disks.copy("c", key), key);
    }

    @Test
    void aRepairLeavesOneStateOfEachKeyInBoundsEverywhere() throws IOException {
        Ballot sane = disks.ballotAhead(Duration.ofHours(23).plusMinutes(30));
        disks.write("c", journal -> journal.promise("promised", sane));
        FarBallots far = disks.repair().look();
        assertEquals(6, far.keys().size());
        assertEquals(5, far.keys().values().stream().filter(far::isStuck).count(), "all but the lie to one replica");
        assertTrue(far.floors().values().stream().allMatch(far::isStuck));

        disks.repairAll();

        assertRepaired(disks);
        assertTrue(disks.copy("a", "end").accepted().isAbove(sane), "below what a node may hold that is in bounds");
    }

    @Test
    void newBallotsAreAboveThoseOfNodesWithNearlyRightClocks() throws IOException {
        disks.repairAll();
        assertTrue(disks.copy("a", "end").accepted().isAbove(disks.ballotAhead(Duration.ofHours(22))));
        assertTrue(disks.ballotAhead(Duration.ofHours(23).plusSeconds(1))
                .isAbove(disks.copy("a", "end").accepted()));
    }

    /** Else a replica would take back what it has promised, or accepted. */
    @ParameterizedTest
    @ValueSource(strings = {"promised", "accepted", "floor", "floor of an absent key"})
    void theNewBallotIsAboveEachThatIsInBounds(String what) throws IOException {
        RepairedDisks few = new RepairedDisks();
        Ballot sane = few.ballotAhead(Duration.ZERO);
        Ballot high = few.ballotAhead(Duration.ofHours(23).plusMinutes(30));
        for (String name : RepairedDisks.NAMES) {
            boolean isLast = name.equals("c");
            few.write(name, journal -> {
                journal.acceptor("end", END, END, "of end");
                switch (what) {
                    case "promised" -> journal.acceptor("k", isLast ? high : END, sane, "v");
                    case "accepted" -> journal.acceptor("k", END, isLast ? high : sane, "v");
                    case "floor" -> journal.floor(isLast ? high : END);
                    default -> {
                        if (isLast) {
                            journal.floor(high);
                        } else {
                            journal.acceptor("k", END, sane, "v");
                        }
                    }
                }
            });
        }

        few.repairAll();

        for (String name : RepairedDisks.NAMES) {
            Copy end = few.copy(name, "end");
            assertTrue(end.accepted().counter() > high.counter(), () -> end + " is not above " + high);
            assertTrue(few.isInBounds(end.promised()), end::toString);
            if (what.equals("floor")) {
                assertTrue(few.floor(name).counter() > high.counter(), name);
            } else {
                assertTrue(few.copy(name, "k").promised().counter() > high.counter(), name);
            }
        }
    }

    /** A replica that has seen clocks far ahead takes more than the others do. */
    @Test
    void newBallotsAreInBoundsAtEveryReplica() throws IOException {
        RepairedDisks few = new RepairedDisks();
        Ballot late = few.ballotAhead(Duration.ofDays(30));
        for (String name : RepairedDisks.NAMES) {
            few.write(name, journal -> journal.acceptor("end", END, END, "of end"));
        }
        few.write("c", journal -> {
            for (int i = 0; i < 12; i++) {
                journal.acceptor("late" + i, late, late, "v");
            }
        });
        assertTrue(few.look("c").bound() > late.counter());

        few.repairAll();

        assertAgree(few, "end", "of end");
    }

    @Test
    void aUsableKeyIsDistinguishedFromAStuckOne() throws IOException {
        RepairedDisks fewer = new RepairedDisks();
        Ballot far = fewer.ballotAhead(Duration.ofDays(900));
        Ballot sane = fewer.ballotAhead(Duration.ZERO);
        for (String name : RepairedDisks.NAMES) {
            fewer.write(name, journal -> {
                for (int i = 0; i < 12; i++) {
                    journal.acceptor("k" + i, sane, sane, "v");
                }
                journal.acceptor("far", far, far, "v");
                journal.acceptor("of one", name.equals("b") ? END : sane, sane, "v");
            });
        }
        FarBallots found = fewer.repair().look();
        assertEquals(2, found.keys().size());
        assertTrue(found.keys().values().stream().noneMatch(found::isStuck));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b", "c"})
    void deathAtEachOperationAndASecondRunGiveTheSame(String dying) throws IOException {
        int deaths = 0;
        for (boolean died = true; died; deaths++) {
            for (int seed = 0; seed < POWER_LOSSES_PER_DEATH; seed++) {
                RepairedDisks cut = poisoned(new RepairedDisks());
                cut.disk(dying).dieAt(deaths + 1);
                died = dies(cut);
                if (seed == 0) {
                    cut.all(FaultyDisk::restart);
                } else {
                    SplittableRandom random = new SplittableRandom(seed * 1_000L + deaths);
                    cut.all(disk -> disk.powerLoss(random));
                }
                assertNoneStartsBetween(cut);
                cut.repairAll();
                assertRepaired(cut);
            }
        }
        assertTrue(deaths > 40, "too few operations to mean anything: " + deaths);
    }

    private static boolean dies(RepairedDisks cut) throws IOException {
        try {
            cut.repairAll();
            return false;
        } catch (IOException | UncheckedIOException e) {
            return true;
        }
    }

    /** As long as directories do not agree, none of their replicas starts. */
    private static void assertNoneStartsBetween(RepairedDisks cut) {
        Set<String> replaced = new TreeSet<>();
        Set<String> startable = new TreeSet<>();
        for (String name : RepairedDisks.NAMES) {
            if (cut.isInBounds(cut.copy(name, "end").promised())) {
                replaced.add(name);
            }
            if (!RepairMark.isIn(cut.disk(name).names())) {
                startable.add(name);
            }
        }
        if (!replaced.isEmpty() && replaced.size() < RepairedDisks.NAMES.size()) {
            assertEquals(Set.of(), startable, () -> replaced + " alone have new ballots");
        }
    }

    @Test
    void noReplicaStartsWhileARepairIsNotOver() throws IOException {
        disks.disk("b").dieAt(60);
        assertTrue(dies(disks));
        disks.all(FaultyDisk::restart);
        for (String name : RepairedDisks.NAMES) {
            StorageException refusal = assertThrows(StorageException.class, () -> disks.start(name));
            assertTrue(
                    refusal.getMessage().contains("a repair of ballots in")
                            && refusal.getMessage().contains("RepairBallots --repair"),
                    refusal::getMessage);
        }
        disks.repairAll();
        RepairedDisks.NAMES.forEach(disks::start);
    }

    /**
     * By then what was out of bounds at first may be in bounds, and is still not the same
     * everywhere.
     */
    @Test
    void aRepairThatWasCutIsEndedMuchLater() throws IOException {
        RepairedDisks cut = new RepairedDisks();
        Ballot sane = cut.ballotAhead(Duration.ZERO);
        Ballot far = cut.ballotAhead(Duration.ofDays(3));
        for (String name : RepairedDisks.NAMES) {
            cut.write(name, journal -> {
                for (int i = 0; i < 12; i++) {
                    journal.acceptor("k" + i, sane, sane, "v");
                }
                journal.acceptor("far", far, far, "of far");
            });
        }
        for (int operation = 1; !cut.isInBounds(cut.copy("b", "far").accepted()); operation++) {
            cut.disk("c").dieAt(operation);
            dies(cut);
            cut.all(FaultyDisk::restart);
        }
        assertFalse(cut.isInBounds(cut.copy("c", "far").accepted()));
        cut.pass(Duration.ofDays(9));

        cut.repairAll();

        assertAgree(cut, "far", "of far");
        assertFalse(cut.repair().isUnfinished());
    }

    @Test
    void aRestoredDirectoryIsAnOlderCopyToTheOthers() throws IOException {
        disks.repairAll();
        disks.put("c", poisoned(new RepairedDisks()).disk("c"));
        StorageException refusal =
                assertThrows(StorageException.class, () -> disks.repair().look());
        assertTrue(
                refusal.getMessage().contains("is not the latest directory of replica c")
                        && refusal.getMessage().contains("--without c"),
                refusal::getMessage);
        RepairedReplica.Known old = disks.look("c");
        for (String name : List.of("a", "b")) {
            Remembered remembered = disks.look(name).registrations().get(old.self());
            assertFalse(old.recognises(remembered), name);
        }
    }

    @Test
    void aReplicaLeftOutOfARepairNoLongerVotes() throws IOException {
        FaultyDisk old = disks.disk("c");
        disks.remove("c");
        disks.repairAllWithout("c");
        assertEquals("newer", disks.copy("a", "last").state());
        assertEquals(disks.copy("a", "last"), disks.copy("b", "last"));
        assertTrue(disks.isInBounds(disks.copy("b", "last").promised()));
        disks.put("c", old);
        RepairedReplica.Known its = disks.look("c");
        for (String name : List.of("a", "b")) {
            assertFalse(its.recognises(disks.look(name).registrations().get(its.self())), name);
        }
    }

    /** The lost one and one other are a majority, and may have acknowledged it. */
    @Test
    void withoutALostReplicaWhatOneOtherHasAcceptedIsKept() throws IOException {
        RepairedDisks few = new RepairedDisks();
        few.write("a", journal -> journal.acceptor("k", LAST, LAST, "acknowledged"));
        few.write("b", journal -> journal.acceptor("k", LAST, LAST_BUT_ONE, "older"));
        few.remove("c");

        few.repairAllWithout("c");

        assertEquals("acknowledged", few.copy("a", "k").state());
        assertEquals(few.copy("a", "k"), few.copy("b", "k"));
    }

    @Test
    void directoriesThatAreNotAllOfOneClusterAreRefused() {
        FaultyDisk other = new RepairedDisks("a, b, d").disk("b");
        assertRefused("the directories do not belong to one cluster", with("b", other));
        assertRefused("belong to two clusters with the same names", with("b", new RepairedDisks(7).disk("b")));
        assertRefused(
                "two of the directories belong to one replica",
                with("b", poisoned(new RepairedDisks()).disk("a")));
        assertRefused("there is no journal in", with("b", new FaultyDisk()));
        RepairedDisks two = poisoned(new RepairedDisks());
        two.remove("b");
        assertRefused("the directory of b is missing", two);
        assertRefused("a name is wrong", two, "d");
        assertRefused("is given, and so is --without a", two, "a");
        two.remove("c");
        assertRefused("needs those of 2", two, "b", "c");
    }

    private static RepairedDisks with(String name, FaultyDisk disk) {
        RepairedDisks changed = poisoned(new RepairedDisks());
        changed.put(name, disk);
        return changed;
    }

    private static void assertRefused(String why, RepairedDisks disks, String... without) {
        StorageException refusal =
                assertThrows(StorageException.class, () -> disks.repair(without).look());
        assertTrue(refusal.getMessage().contains(why), refusal::getMessage);
    }

    /** It has promised nothing that anybody could rely on, and knows nothing that was written. */
    @Test
    void aReplicaThatNeverVotedCountsForNoMajority() {
        RepairedDisks fresh = new RepairedDisks("a, b, c", 1, Set.of("a", "b"));
        fresh.remove("b");
        assertRefused("1 of the directories belong to replicas that have voted", fresh, "b");
    }

    @Test
    void ofTwoStatesUnderOneBallotTheOneOfMostIsKept() {
        FarKey key = new FarKey(2);
        List<String> states = List.of("x", "y", "y");
        for (int i = 0; i < 3; i++) {
            Acceptor acceptor = new Acceptor(RepairedDisks.key("k"), Ballot.NONE, 0);
            acceptor.accept(LAST, states.get(i).getBytes(UTF_8), LAST);
            key.add(RepairedDisks.id(RepairedDisks.NAMES.get(i)), acceptor, Ballot.NONE, false);
        }
        assertArrayEquals("y".getBytes(UTF_8), key.state());
    }
}
