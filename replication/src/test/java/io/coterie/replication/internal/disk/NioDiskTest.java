package io.coterie.replication.internal.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.DiskFile;
import io.coterie.replication.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class NioDiskTest {
    @TempDir
    Path temp;

    @Test
    void theDirectoryAndItsParentsAreMade() throws IOException {
        Path deep = temp.resolve("x/y/z");
        NioDisk.open(deep, "a").close();
        assertTrue(Files.isDirectory(deep));
    }

    @Test
    void aSecondOpenInThisProcessIsRefusedUntilTheFirstIsClosed() throws IOException {
        NioDisk first = NioDisk.open(temp, "a");
        Path link = Files.createSymbolicLink(temp.resolveSibling(temp.getFileName() + "-link"), temp);
        for (Path path : List.of(temp, link)) {
            StorageException refusal = assertThrows(StorageException.class, () -> NioDisk.open(path, "a"));
            assertTrue(
                    refusal.getMessage()
                            .contains("pid " + ProcessHandle.current().pid()),
                    refusal::getMessage);
            assertFalse(refusal.maybeExecuted());
        }
        Files.delete(link);
        first.close();
        first.close();
        NioDisk.open(temp, "a").close();
    }

    @Test
    void theLateCloseOfAnEarlierDiskFreesNoOthersLock() throws IOException {
        NioDisk first = NioDisk.open(temp, "a");
        first.close();
        NioDisk second = NioDisk.open(temp, "a");
        first.close();
        assertThrows(StorageException.class, () -> NioDisk.open(temp, "a"));
        second.close();
    }

    @Test
    void theLockFileSaysWhoHoldsIt() throws IOException {
        NioDisk disk = NioDisk.open(temp, "a");
        assertEquals("pid " + ProcessHandle.current().pid() + ", replica a", Files.readString(temp.resolve("lock")));
        disk.close();
    }

    @Test
    void theLockIsNoFileOfTheReplica() throws IOException {
        NioDisk disk = NioDisk.open(temp, "a");
        disk.open("x").close();
        assertEquals(List.of("x"), disk.list());
        disk.close();
    }

    @Test
    void closeRunsTheJobsHandedOverInOrderOnOneDaemonThread() throws Exception {
        NioDisk disk = NioDisk.open(temp, "a");
        CountDownLatch closing = new CountDownLatch(1);
        List<String> ran = new CopyOnWriteArrayList<>();
        disk.execute(() -> {
            try {
                closing.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        for (int i = 0; i < 5; i++) {
            String job = "job " + i;
            disk.execute(() -> ran.add(job + " on " + Thread.currentThread().getName() + " "
                    + Thread.currentThread().isDaemon()));
        }
        closing.countDown();
        disk.close();

        assertEquals(5, ran.size());
        for (int i = 0; i < 5; i++) {
            assertEquals("job " + i + " on coterie-storage-a true", ran.get(i));
        }
    }

    @Test
    void aFileReadsWhatWasWritten() throws IOException {
        NioDisk disk = NioDisk.open(temp, "a");
        try (DiskFile file = disk.open("x")) {
            file.write(5, ByteBuffer.wrap(new byte[] {1, 2, 3}));
            file.force();
            ByteBuffer read = ByteBuffer.allocate(10);
            file.read(4, read);
            assertEquals(8, file.size());
            assertEquals(ByteBuffer.wrap(new byte[] {0, 1, 2, 3}), read.flip());
            file.truncate(6);
            assertEquals(6, file.size());
        }
        disk.close();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aNewFileInANewDirectoryIsThereAfterAPowerLoss() throws IOException {
        ForgetfulFiles files = new ForgetfulFiles(temp);
        NioDisk disk = NioDisk.open(files.watched(temp.resolve("x/y")), "a");
        disk.open("new").close();
        disk.close();

        files.losePower();

        assertTrue(Files.exists(temp.resolve("x/y/new")));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aFileWhoseMakerDiedAtOnceIsThereAfterAPowerLossOnceItWasOpened() throws IOException {
        ForgetfulFiles files = new ForgetfulFiles(temp);
        Path found = files.watched(temp).resolve("found");
        FileChannel.open(found, StandardOpenOption.WRITE, StandardOpenOption.CREATE)
                .close();
        NioDisk disk = NioDisk.open(files.watched(temp), "a");
        disk.open("found").close();
        disk.close();

        files.losePower();

        assertTrue(Files.exists(temp.resolve("found")));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aDeletedFileIsGoneAfterAPowerLoss() throws IOException {
        Files.createFile(temp.resolve("old"));
        ForgetfulFiles files = new ForgetfulFiles(temp);
        NioDisk disk = NioDisk.open(files.watched(temp), "a");
        disk.delete("old");
        disk.close();

        files.losePower();

        assertFalse(Files.exists(temp.resolve("old")));
    }
}
