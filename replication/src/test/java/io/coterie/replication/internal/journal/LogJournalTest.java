package io.coterie.replication.internal.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogJournalTest {
    private final FaultyDisk disk = new FaultyDisk();
    private final Storage storage = Storage.on(disk);

    @Test
    void whatWasDurableIsRecoveredInOrder() {
        List<String> written = IntStream.range(0, 100).mapToObj(i -> "r" + i).toList();
        JournalUser user = new JournalUser(storage);
        for (String record : written) {
            user.append(record);
            if (record.endsWith("7")) {
                user.settle(disk);
            }
        }
        user.settle(disk);
        disk.restart();

        assertEquals(written, user.durable);
        assertEquals(written, new JournalUser(storage).recovered);
    }

    @Test
    void anEmptyRecordIsARecord() {
        JournalUser user = new JournalUser(storage);
        user.append("");
        user.append("x");
        user.append("");
        user.close();

        assertEquals(List.of("", "x", ""), new JournalUser(storage).recovered);
    }

    @Test
    void allThatATurnAppendsSharesOneForce() {
        JournalUser user = new JournalUser(storage);
        int before = disk.forces();
        IntStream.range(0, 500).forEach(i -> user.append("r" + i));
        user.settle(disk);

        assertEquals(500, user.durable.size());
        assertEquals(1, disk.forces() - before);
    }

    @Test
    void allThatComesDuringAForceSharesTheNext() {
        JournalUser user = new JournalUser(storage);
        int before = disk.forces();
        user.append("first");
        user.loop.drain();
        IntStream.range(0, 500).forEach(i -> user.append("r" + i));
        user.loop.drain();
        user.settle(disk);

        assertEquals(501, user.durable.size());
        assertEquals(2, disk.forces() - before);
    }

    @Test
    void nothingIsDurableBeforeItsForce() {
        JournalUser user = new JournalUser(storage);
        user.append("x");
        user.loop.drain();
        assertEquals(List.of(), user.durable);

        int before = disk.forces();
        disk.runJobs();
        assertEquals(1, disk.forces() - before);
        assertEquals(List.of(), user.durable, "tasks run on the loop only");

        user.loop.drain();
        assertEquals(List.of("x"), user.durable);
    }

    @Test
    void whatComesDuringAForceIsNotDurableByIt() {
        JournalUser user = new JournalUser(storage);
        user.append("first");
        user.loop.drain();
        user.append("second");
        disk.runJobs();
        user.loop.drain();
        assertEquals(List.of("first"), user.durable);

        user.settle(disk);
        assertEquals(List.of("first", "second"), user.durable);
    }

    @Test
    void moreThanOneBatchHoldsIsWrittenInSeveral() {
        List<String> large =
                IntStream.range(0, 12).mapToObj(i -> i + "x".repeat(1 << 20)).toList();
        JournalUser user = new JournalUser(storage);
        int before = disk.forces();
        large.forEach(user::append);
        user.settle(disk);

        assertEquals(8, disk.forces() - before, "each is longer than the space ahead, and has its room forced first");
        assertEquals(large, user.durable);
        assertEquals(large, new JournalUser(storage).recovered);
    }

    @Test
    void tasksRunInOrderOfPosition() {
        JournalUser user = new JournalUser(storage);
        List<String> order = new ArrayList<>();
        long first = user.journal.append(ByteBuffer.allocate(1));
        long second = user.journal.append(ByteBuffer.allocate(1));
        user.journal.whenDurable(second, () -> order.add("second"));
        user.journal.whenDurable(first, () -> order.add("first"));
        user.journal.whenDurable(second, () -> order.add("second again"));
        user.settle(disk);
        user.journal.whenDurable(first, () -> order.add("at once"));

        assertTrue(second > first);
        assertEquals(List.of("first", "second", "second again", "at once"), order);
    }

    @Test
    void aTaskThatThrowsHarmsNoOther() {
        JournalUser user = new JournalUser(storage);
        user.journal.whenDurable(user.journal.append(ByteBuffer.allocate(1)), () -> {
            throw new IllegalStateException("meant");
        });
        user.append("next");
        user.loop.drain();
        disk.runJobs();
        assertThrows(IllegalStateException.class, user.loop::drain);
        user.append("later");
        user.settle(disk);

        assertEquals(List.of("next", "later"), user.durable);
    }

    @Test
    void waitingForWhatWasNeverAppendedIsRefused() {
        JournalUser user = new JournalUser(storage);
        assertThrows(IllegalArgumentException.class, () -> user.journal.whenDurable(1, () -> {}));
    }

    @Test
    void aRecordAboveTheLimitIsRefused() {
        JournalUser user = new JournalUser(storage);
        ByteBuffer record = ByteBuffer.allocate(FrameHeader.MAX_RECORD_BYTES + 1);
        assertThrows(IllegalArgumentException.class, () -> user.journal.append(record));
    }

    @Test
    void aRecordLargerThanASegmentIsKept() {
        Storage small = new DiskStorage(disk, "small", 8192);
        String large = "x".repeat(100_000);
        JournalUser user = new JournalUser(small);
        for (String record : List.of("before", large, "after")) {
            user.append(record);
            user.settle(disk);
        }
        assertEquals(List.of("before", large, "after"), new JournalUser(small).recovered);
    }

    @Test
    void closeMakesDurableWhatWasAppended() {
        JournalUser user = new JournalUser(storage);
        user.append("in flight");
        user.loop.drain();
        user.append("queued");
        user.close();
        user.journal.close();

        assertEquals(List.of("in flight", "queued"), user.durable);
        assertEquals(List.of("in flight", "queued"), new JournalUser(storage).recovered);
    }

    @Test
    void aFailedForceIsReportedOnceAndNothingIsDurableAfterIt() {
        failAndContinue(2, "I/O error");
    }

    @Test
    void aFullDiskIsReportedOnceAndNothingIsDurableAfterIt() {
        StorageException failure = failAndContinue(1, "No space left on device");
        assertTrue(failure.getMessage().contains("free space"), failure::getMessage);
    }

    private StorageException failAndContinue(int operation, String error) {
        JournalUser user = new JournalUser(storage);
        user.append("kept");
        user.settle(disk);
        disk.failOnceAt(operation, error);
        user.append("lost");
        user.loop.drain();
        user.append("queued meanwhile");
        user.settle(disk);
        int operations = disk.operations();
        user.append("later");
        user.settle(disk);
        user.close();

        assertEquals(List.of("kept"), user.durable);
        assertEquals(operations, disk.operations(), "the file must not be touched again");
        assertEquals(1, user.failures.size());
        StorageException failure = user.failures.get(0);
        assertTrue(failure.maybeExecuted());
        assertTrue(failure.getMessage().contains("journal-0000000001 in faulty, offset "), failure::getMessage);
        assertTrue(failure.getMessage().contains(error), failure::getMessage);

        disk.restart();
        JournalUser next = new JournalUser(storage);
        assertEquals("kept", next.recovered.get(0));
        assertFalse(next.recovered.contains("queued meanwhile"));
        next.append("continues");
        next.settle(disk);
        assertEquals(List.of("continues"), next.durable);
        return failure;
    }

    @Test
    void aBatchHandedOverAtCloseIsNotWrittenBehindAFailedOne() {
        JournalUser user = new JournalUser(storage);
        user.append("fails");
        user.loop.drain();
        user.append("behind");
        disk.failOnceAt(2, "I/O error");
        user.close();

        assertEquals(List.of(), user.durable);
        assertEquals(1, user.failures.size());
        assertFalse(new JournalUser(storage).recovered.contains("behind"));
    }

    @Test
    void theBytesAreTakenBeforeAppendReturns() {
        JournalUser user = new JournalUser(storage);
        ByteBuffer record = ByteBuffer.wrap("-taken-".getBytes(UTF_8), 1, 5);
        user.journal.append(record);
        record.put(1, (byte) 'X');
        user.close();

        assertEquals(List.of("taken"), new JournalUser(storage).recovered);
    }
}
