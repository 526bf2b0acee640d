package io.coterie.replication.internal.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.disk.NioDisk;
import io.coterie.replication.internal.replica.ReplicaUser;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Journals in real directories stay about as large as what still counts. */
class CompactionTest {
    private static final int SEGMENT_BYTES = 256 << 10;
    private static final int VALUE_BYTES = 1000;

    @TempDir
    Path temp;

    @Test
    void overwritingTheSameKeysForLongDoesNotFillTheDisk() throws Exception {
        long largest = 0;
        try (ReplicaUser user = open()) {
            for (int round = 0; round < 60; round++) {
                for (int i = 0; i < 100; i++) {
                    user.put("key" + i, VALUE_BYTES);
                }
                await(user, "key99");
                largest = Math.max(largest, bytes());
            }
        }
        // 6 MB were written, and 100 KB count.
        assertTrue(largest < 8L * SEGMENT_BYTES, "the directory grew to " + largest + " bytes");
        try (ReplicaUser user = open()) {
            assertTrue(user.wasVoting, "it has forgotten that it may vote");
            for (int i = 0; i < 100; i++) {
                assertEquals(59 * 100 + i + 1, user.read("key" + i));
            }
        }
    }

    @Test
    void deletesFreeTheDisk() throws Exception {
        long before;
        try (ReplicaUser user = open()) {
            fill(user, 4000);
            before = bytes();
            assertTrue(before > 4000 * VALUE_BYTES);
            for (int i = 0; i < 4000; i++) {
                user.remove("key" + i, user.delete("key" + i));
            }
            await(user, "key3999");
            user.loop.runUntil(() -> bytes() < before / 4);
            assertEquals(0, user.replica.records());
        }
        try (ReplicaUser user = open()) {
            assertEquals(0, user.replica.records());
            assertEquals(8000, user.promised("key17", 7999));
        }
    }

    @Test
    void writersContinueMeanwhile() throws Exception {
        try (ReplicaUser user = open()) {
            fill(user, 2000);
            long ballot = 0;
            while (starts().isEmpty()) {
                ballot = user.put("busy", VALUE_BYTES);
                await(user, "busy");
            }
            assertEquals(ballot, user.read("busy"));
        }
        try (ReplicaUser user = open()) {
            assertEquals(2001, user.replica.records());
        }
    }

    @Test
    void whatTheProcessDidNotDeleteTheNextStartDoes() throws Exception {
        compacted();
        Path old = temp.resolve("journal-0000000001");
        Path declared = temp.resolve("start-0000000001");
        Files.write(old, new byte[10]);
        Files.createFile(declared);
        open().close();
        assertFalse(Files.exists(old));
        assertFalse(Files.exists(declared));
    }

    @Test
    void aMissingOrDamagedFirstFileIsRefused() throws Exception {
        compacted();
        Path first = segments().get(0);
        byte[] content = Files.readAllBytes(first);
        Files.delete(first);
        assertRefused(first);
        Files.write(first, new byte[0]);
        assertRefused(first);
        for (int at : new int[] {20, SegmentHeader.BYTES + 3, SegmentHeader.BYTES + 40}) {
            byte[] rotten = content.clone();
            rotten[at] ^= 4;
            Files.write(first, rotten);
            assertRefused(first);
        }
        byte[] blank = new byte[content.length];
        System.arraycopy(content, 0, blank, 0, SegmentHeader.BYTES);
        Files.write(first, blank);
        assertRefused(first);
        Files.write(first, content);
        open().close();
    }

    @Test
    void deletedFilesAreRefusedUnlessACompactionDeletedThem() throws Exception {
        compacted();
        Files.delete(temp.resolve(starts().get(0)));
        assertRefused(temp.resolve("journal-0000000001"));
    }

    private void assertRefused(Path file) {
        StorageException refusal = assertThrows(StorageException.class, this::open);
        assertTrue(refusal.getMessage().startsWith(file.getFileName().toString()), refusal::getMessage);
    }

    /** A journal with files that begin later than at number 1, closed. */
    private void compacted() throws Exception {
        try (ReplicaUser user = open()) {
            while (starts().isEmpty()) {
                fill(user, 400);
            }
        }
        try (ReplicaUser user = open(1L << 32)) {
            fill(user, 10);
        }
        open().close();
    }

    private static void fill(ReplicaUser user, int keys) throws InterruptedException {
        for (int i = 0; i < keys; i++) {
            user.put("key" + i, VALUE_BYTES);
        }
        await(user, "key" + (keys - 1));
    }

    private static void await(ReplicaUser user, String key) throws InterruptedException {
        long asked = user.ballots();
        BooleanSupplier done = () -> Math.abs(user.acknowledged.getOrDefault(key, 0L)) == asked;
        user.loop.runUntil(done);
    }

    private ReplicaUser open() throws InterruptedException {
        return open(0);
    }

    /** Opens the replica for a user whose ballots are above one. */
    private ReplicaUser open(long ballot) throws InterruptedException {
        Storage storage = new DiskStorage(self -> NioDisk.open(temp, self.name()), "temp", SEGMENT_BYTES);
        ReplicaUser user = new ReplicaUser(storage, ballot);
        user.loop.runUntil(() -> user.state() == ReplicaState.VOTING);
        return user;
    }

    private List<Path> segments() {
        return files().stream()
                .filter(file -> file.getFileName().toString().startsWith("journal-"))
                .toList();
    }

    private List<String> starts() {
        return files().stream()
                .map(file -> file.getFileName().toString())
                .filter(name -> name.startsWith("start-"))
                .toList();
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(temp)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long bytes() {
        return files().stream().mapToLong(file -> file.toFile().length()).sum();
    }
}
