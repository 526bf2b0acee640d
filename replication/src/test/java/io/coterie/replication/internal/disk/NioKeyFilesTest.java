package io.coterie.replication.internal.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class NioKeyFilesTest {
    @TempDir
    Path temp;

    @Test
    void aFileHasWhatItWasGivenLast() throws IOException {
        Path directory = temp.resolve("x/y");
        NioKeyFiles files = new NioKeyFiles(directory);
        assertNull(files.read("key", 10));

        files.replace("key", new byte[] {1, 2, 3});
        files.replace("key", new byte[] {4});

        assertArrayEquals(new byte[] {4}, new NioKeyFiles(directory).read("key", 10));
        assertEquals(directory.resolve("key").toString(), files.where("key"));
    }

    @Test
    void whatACrashLeftOfAnUnfinishedFileIsNotRead() throws IOException {
        NioKeyFiles files = new NioKeyFiles(temp);
        Files.write(temp.resolve("key.new"), new byte[] {1, 2, 3});
        assertNull(files.read("key", 10));

        files.replace("key", new byte[] {4});

        assertArrayEquals(new byte[] {4}, files.read("key", 10));
    }

    /**
     * Who has the file open, or a crash in the midst of it, finds one content or the other, never a
     * part of each.
     */
    @Test
    void anotherFileTakesThePlaceOfTheOldOne() throws IOException {
        NioKeyFiles files = new NioKeyFiles(temp);
        files.replace("key", new byte[] {1, 2, 3});
        Path old = Files.createLink(temp.resolve("old"), temp.resolve("key"));

        files.replace("key", new byte[] {4});

        assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(old));
        assertArrayEquals(new byte[] {4}, files.read("key", 10));
        assertTrue(Files.notExists(temp.resolve("key.new")), "nothing is left beside it");
    }

    @Test
    void aFileThatIsTooLargeIsRefusedBeforeItIsRead() throws IOException {
        NioKeyFiles files = new NioKeyFiles(temp);
        files.replace("key", new byte[10]);
        assertArrayEquals(new byte[10], files.read("key", 10));
        files.replace("key", new byte[11]);

        IOException refusal = assertThrows(IOException.class, () -> files.read("key", 10));

        assertTrue(refusal.getMessage().contains("has 11 bytes, but a key file has at most 10"), refusal.getMessage());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void onlyTheirOwnerMayReadThem() throws IOException {
        NioKeyFiles files = new NioKeyFiles(temp.resolve("x"));

        files.replace("key", new byte[1]);
        files.replace("key", new byte[2]);

        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve("x/key"))));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve("x"))));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aLinkInPlaceOfAFileIsNotFollowed() throws IOException {
        Path elsewhere = Files.write(temp.resolve("precious"), new byte[] {7});
        NioKeyFiles files = new NioKeyFiles(temp);
        Files.createSymbolicLink(temp.resolve("key"), elsewhere);
        Files.createSymbolicLink(temp.resolve("other.new"), elsewhere);
        Files.createSymbolicLink(temp.resolve("dangling"), temp.resolve("nowhere"));

        assertThrows(StorageException.class, () -> files.read("key", 10));
        assertThrows(StorageException.class, () -> files.read("dangling", 10));
        assertThrows(StorageException.class, () -> files.replace("other", new byte[1]));

        assertArrayEquals(new byte[] {7}, Files.readAllBytes(elsewhere));
    }
}
