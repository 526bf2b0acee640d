package io.coterie.replication.internal.restore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.TestLoop;
import io.coterie.replication.internal.journal.DiskStorage;
import io.coterie.replication.internal.journal.FaultyDisk;
import io.coterie.replication.internal.journal.FoundingMark;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.Configurations;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.tables.Acceptor;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The directory that a new cluster begins with is whole, or does not start. */
class FoundedDirectoryTest {
    private static final int SEGMENT_BYTES = 12 << 10;
    private static final int KEYS = 100;
    private static final NodeId SELF = NodeId.of("a");
    private static final StoreSpec STRONG = new StoreSpec("s", "strong");
    private static final StoreSpec EVENTUAL = new StoreSpec("e", "eventual");
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

    private final SplittableRandom random = new SplittableRandom(7);

    private static RecordKey key(StoreSpec store, String key) {
        return new RecordKey(store.id(), key.getBytes(UTF_8));
    }

    /** What another cluster has left, with traces of its replica. */
    private static ReplicaTables tables() {
        ReplicaTables tables = new ReplicaTables(CLOCK);
        tables.incarnation = 5L;
        tables.replicas = "a, b, c";
        tables.starts.add(6L);
        tables.registrations.put(NodeId.of("b"), new Remembered(7, 8L));
        tables.store(STRONG);
        tables.store(EVENTUAL);
        for (int i = 0; i < KEYS; i++) {
            Acceptor acceptor = new Acceptor(key(STRONG, "k" + i), Ballot.NONE, 0);
            acceptor.accept(new Ballot(10 + i, 1), ("of k" + i).repeat(20).getBytes(UTF_8), new Ballot(500, 2));
            tables.restore(acceptor, false);
        }
        tables.floors.raise(STRONG.id(), new Ballot(900, 3));
        tables.put(key(EVENTUAL, "gone"), new VersionedValue(new HlcTimestamp(9, 9), null), 0);
        return tables;
    }

    private Configuration write(FaultyDisk disk) throws IOException {
        return new FoundedDirectory(disk.open(SELF), SEGMENT_BYTES, random::nextLong).write(SELF, "a:1", 7, tables());
    }

    private StoppedDirectory read(FaultyDisk disk) throws IOException {
        return StoppedDirectory.read(disk.open(SELF), SEGMENT_BYTES, CLOCK, random::nextLong);
    }

    private static void start(FaultyDisk disk) {
        new DiskStorage(disk, "the disk", SEGMENT_BYTES)
                .open(SELF, new TestLoop().world(), entry -> {}, failure -> {})
                .close();
    }

    private static void assertWhole(StoppedDirectory directory) {
        ReplicaTables tables = directory.tables();
        Configuration founded = tables.configuration;
        assertNotNull(founded);
        assertEquals(List.of(directory.id()), founded.keepers());
        assertEquals(1, founded.members().size());
        assertEquals("a:1", founded.members().get(0).address());
        assertEquals(1_000_001, founded.epoch());
        assertEquals("a", tables.replicas);
        assertTrue(tables.voting);
        assertTrue(tables.registrations.isEmpty());
        assertEquals(KEYS, tables.acceptors.size());
        for (int i = 0; i < KEYS; i++) {
            Acceptor acceptor = tables.acceptor(key(STRONG, "k" + i));
            assertEquals(new Ballot(10 + i, 1), acceptor.accepted());
            assertEquals(new Ballot(500, 2), acceptor.promised());
        }
        assertEquals(new Ballot(900, 3), tables.floors.of(STRONG.id()));
        assertEquals(1, tables.values.size());
        assertEquals(2, tables.storesByName.size());
    }

    @Test
    void itHasAllRecordsAndOneMember() throws IOException {
        FaultyDisk disk = new FaultyDisk();
        write(disk);
        StoppedDirectory directory = read(disk);
        assertWhole(directory);
        assertNotEquals(new MemberId(SELF, 5), directory.id());
        start(disk);
    }

    @Test
    void twoClustersFromTheSameRecordsAreDifferent() throws IOException {
        Configuration one = write(new FaultyDisk());
        Configuration other = write(new FaultyDisk());
        assertNotEquals(one.cluster(), other.cluster());
        assertNotEquals(one.members(), other.members());
    }

    @Test
    void aClusterThatIsFoundedFromARestoredOneHasYetAnotherEpoch() {
        Configuration founded = Configuration.anew(9, 1_000_123, Configurations.member("a"), 1);
        assertEquals(2_000_001, founded.epoch());
    }

    @Test
    void aDeathAtAnyOperationLeavesNoPartThatStarts() throws IOException {
        int whole = 0;
        int deaths = 0;
        for (boolean died = true; died; deaths++) {
            for (int seed = 0; seed < 3; seed++) {
                FaultyDisk disk = new FaultyDisk();
                disk.dieAt(deaths + 1);
                died = dies(disk);
                if (seed == 0) {
                    disk.restart();
                } else {
                    disk.powerLoss(new SplittableRandom(1_000L * seed + deaths));
                }
                if (FoundingMark.isIn(disk.names())) {
                    StorageException refused = assertThrows(StorageException.class, () -> start(disk));
                    assertTrue(String.valueOf(refused.getMessage()).contains("was not finished"), refused::getMessage);
                    assertThrows(StorageException.class, () -> read(disk));
                    assertThrows(StorageException.class, () -> write(disk));
                } else if (!disk.names().isEmpty()) {
                    assertWhole(read(disk));
                    whole++;
                }
            }
        }
        assertTrue(deaths > 20, "too few operations to mean anything: " + deaths);
        assertTrue(whole >= 3, "only " + whole + " were whole");
    }

    private boolean dies(FaultyDisk disk) {
        try {
            write(disk);
            return false;
        } catch (IOException | UncheckedIOException e) {
            return true;
        }
    }

    @Test
    void aDirectoryThatHasSomethingIsRefused() throws IOException {
        FaultyDisk disk = new FaultyDisk();
        write(disk);
        List<String> before = disk.names();
        assertThrows(StorageException.class, () -> write(disk));
        assertEquals(before, disk.names());
        assertFalse(FoundingMark.isIn(disk.names()));
    }
}
