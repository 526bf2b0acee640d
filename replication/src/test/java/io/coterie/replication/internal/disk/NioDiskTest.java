package io.coterie.replication.internal.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.storage.DiskFile;
import io.coterie.replication.storage.StorageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
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
    @DisabledOnOs(OS.WINDOWS)
    void onlyTheirOwnerMayReadWhatIsMade() throws IOException {
        Path parent = temp.resolve("x");
        Path directory = parent.resolve("y");
        NioDisk disk = NioDisk.open(directory, "a");
        disk.open("segment").close();
        disk.close();

        for (Path made : List.of(parent, directory)) {
            assertEquals(
                    "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(made)), made::toString);
        }
        for (Path made : List.of(directory.resolve("lock"), directory.resolve("segment"))) {
            assertEquals(
                    "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(made)), made::toString);
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aLinkInPlaceOfTheLockIsNotFollowed() throws IOException {
        Path elsewhere = Files.writeString(temp.resolve("precious"), "text");
        Path directory = Files.createDirectory(temp.resolve("x"));
        Files.createSymbolicLink(directory.resolve("lock"), elsewhere);

        StorageException refusal = assertThrows(StorageException.class, () -> NioDisk.open(directory, "a"));

        assertTrue(refusal.getMessage().contains(directory.resolve("lock") + " is a link"), refusal::getMessage);
        assertEquals("text", Files.readString(elsewhere));
        Files.delete(directory.resolve("lock"));
        NioDisk.open(directory, "a").close();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aLinkInPlaceOfAFileIsNotFollowedEvenToNowhere() throws IOException {
        Path nowhere = temp.resolve("nowhere");
        NioDisk disk = NioDisk.open(temp.resolve("x"), "a");
        Files.createSymbolicLink(temp.resolve("x/segment"), nowhere);

        assertThrows(StorageException.class, () -> disk.open("segment"));

        assertFalse(Files.exists(nowhere));
        disk.close();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aDirectoryThatAllMayWriteToIsWarnedOf() throws IOException {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertTrue(logOfOpening(temp).contains("Every user of this machine can write to " + temp));

        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertFalse(logOfOpening(temp).contains("Every user"));
    }

    private static String logOfOpening(Path directory) throws IOException {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            NioDisk.open(directory, "a").close();
        } finally {
            System.setErr(before);
        }
        return log.toString(StandardCharsets.UTF_8);
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
    void theLockFileNamesItsHolder() throws IOException {
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
    void aFileIsDurableOnceItIsOpenedAfterItsMakersCrash() throws IOException {
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
