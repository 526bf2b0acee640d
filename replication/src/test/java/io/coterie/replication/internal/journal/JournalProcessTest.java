package io.coterie.replication.internal.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.TestLoop;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.node.NodeId;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, killed or in each other's way. */
@Timeout(120)
class JournalProcessTest {
    private static final int KILLS = 3;
    /** So that files change while others start. */
    private static final int SMALL_SEGMENTS = 64 << 10;

    @TempDir
    Path directory;

    @Test
    void whatAKilledProcessAcknowledgedIsThere() throws Exception {
        long acknowledged = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            acknowledged = runAndKill(acknowledged + 150L * kill);
            JournalNumbers numbers = new JournalNumbers(directory);
            assertTrue(numbers.count >= acknowledged, numbers.count + " records of " + acknowledged);
            acknowledged = numbers.count;
        }
    }

    @Test
    void aJournalThatWasCutAfterItsProcessWasKilledIsRefused() throws Exception {
        runAndKill(300);
        Path segment = directory.resolve(SegmentHeader.fileName(1));
        byte[] intact = Files.readAllBytes(segment);
        int end = intact.length;
        while (intact[end - 1] == 0) {
            end--;
        }
        for (int size = end - 1; size > SegmentHeader.BYTES; size -= end / 10) {
            Files.write(segment, Arrays.copyOf(intact, size));
            Process process = JournalProcess.start(directory);
            try (BufferedReader output = process.inputReader()) {
                String line = output.readLine();
                assertTrue(line.startsWith("refused " + SegmentHeader.fileName(1) + " in " + directory), line);
                assertTrue(line.contains("the file ends at offset " + size), line);
                assertTrue(line.contains("restore it"), line);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
        Files.write(segment, intact);
        assertTrue(new JournalNumbers(directory).count >= 300);
    }

    @Test
    void aDirectoryInUseByAnotherProcessIsRefused() throws Exception {
        Process process = JournalProcess.start(directory);
        try (BufferedReader output = process.inputReader()) {
            assertNotNull(output.readLine());
            StorageException refusal =
                    assertThrows(StorageException.class, () -> new JournalUser(Storage.directory(directory)));
            assertTrue(refusal.getMessage().contains("pid " + process.pid()), refusal::getMessage);
            assertTrue(refusal.getMessage().contains(directory.toString()), refusal::getMessage);
        } finally {
            process.destroyForcibly().waitFor();
        }
        new JournalUser(Storage.directory(directory)).close();
    }

    @Test
    void deletingTheLockFileLetsNoSecondProcessWrite() throws Exception {
        Process first = JournalProcess.start(directory, SMALL_SEGMENTS);
        long last = 0;
        try (BufferedReader output = first.inputReader()) {
            for (int round = 1; round <= KILLS; round++) {
                while (last < 500L * round) {
                    last = Long.parseLong(output.readLine());
                }
                Files.delete(directory.resolve("lock"));
                Process second = JournalProcess.start(directory, SMALL_SEGMENTS);
                try (BufferedReader refusal = second.inputReader()) {
                    String line = refusal.readLine();
                    assertTrue(
                            line.startsWith("refused directory " + directory + " is in use by another process"), line);
                    assertTrue(line.contains("that file was deleted or replaced"), line);
                    assertTrue(second.waitFor(60, TimeUnit.SECONDS));
                } finally {
                    second.destroyForcibly().waitFor();
                }
            }
        } finally {
            first.destroyForcibly().waitFor();
        }
        assertTrue(new JournalNumbers(directory).count >= last);
    }

    /**
     * Closing any handle on a file frees all POSIX locks of the process on it: a refused open must
     * close none.
     */
    @Test
    void aRefusedSecondOpenLeavesTheLockInForce() throws Exception {
        try (JournalUser user = new JournalUser(Storage.directory(directory))) {
            assertThrows(StorageException.class, () -> new JournalUser(Storage.directory(directory)));
            Process process = JournalProcess.start(directory);
            try (BufferedReader output = process.inputReader()) {
                String line = output.readLine();
                assertTrue(line.startsWith("refused") && line.contains("in use by another process"), line);
            } finally {
                process.destroyForcibly().waitFor();
            }
            assertEquals(0, user.recovered.size());
        }
    }

    /** Returns the last number that the process printed as durable before its end. */
    private long runAndKill(long atLeast) throws Exception {
        Process process = JournalProcess.start(directory);
        long last = 0;
        boolean killed = false;
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                last = Long.parseLong(line);
                if (last >= atLeast && !killed) {
                    // By its handle, which leaves the output open: what was written before the
                    // end counts too.
                    killed = process.toHandle().destroyForcibly();
                }
            }
        }
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertTrue(last >= atLeast, "the process ended by itself at " + last);
        return last;
    }

    /** Reads the journal, and checks that it holds the numbers from 1 on, each with its bytes. */
    private static final class JournalNumbers {
        private long count;

        private JournalNumbers(Path directory) {
            TestLoop loop = new TestLoop();
            Storage.directory(directory)
                    .open(
                            NodeId.of("a"),
                            loop.world(),
                            record -> assertEquals(JournalProcess.record(++count), record),
                            failure -> {
                                throw failure;
                            })
                    .close();
        }
    }
}
