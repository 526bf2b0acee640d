package io.coterie.replication.internal.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coterie.replication.internal.disk.NioDisk;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Journals in real directories: what is recovered, what is cut off, what is refused. */
class DirectoryStorageTest {
    private static final String FIRST = "journal-0000000001";
    private static final String SECOND = "journal-0000000002";
    /** A frame with one record of 44 bytes, so without padding. */
    private static final int FRAME_BYTES = FrameHeader.frameBytes(48);

    @TempDir
    Path temp;

    private int torn;

    @Test
    void whatWasDurableIsRecoveredInOrder() throws Exception {
        List<String> records = records(30);
        write("data", records);
        try (JournalUser user = open("data")) {
            assertEquals(records, user.recovered);
            user.store("one more");
        }
        try (JournalUser user = open("data")) {
            assertEquals(31, user.recovered.size());
            assertEquals("one more", user.recovered.get(30));
        }
    }

    @Test
    void aTornTailIsCutOffAtEveryOffset() throws Exception {
        byte[] image = crashImage(4);
        int lastFrame = SegmentHeader.BYTES + 3 * FRAME_BYTES;
        for (int cut = lastFrame; cut < lastFrame + FRAME_BYTES; cut++) {
            assertCutOff(Arrays.copyOf(Arrays.copyOf(image, cut), image.length), "cut at " + cut);
        }
    }

    @Test
    void aFileThatIsShorterThanItWasMadeIsRefused() throws Exception {
        byte[] image = crashImage(12);
        int end = SegmentHeader.BYTES + 12 * FRAME_BYTES;
        for (int size = SegmentHeader.BYTES; size < image.length; size += size < end ? 7 : 4099) {
            byte[] cut = Arrays.copyOf(image, size);
            place("cut", FIRST, cut);
            place("cut", "journal", new byte[0]);
            assertRefused("cut", "the file ends at offset " + size);
            assertArrayEquals(cut, Files.readAllBytes(temp.resolve("cut").resolve(FIRST)), "it must be left as it is");
        }
    }

    @Test
    void aLongFrameThatIsCutIsRefused() throws Exception {
        String large = "x".repeat(3 << 20);
        byte[] image;
        try (JournalUser user = open("large")) {
            user.store("before", large);
            image = Files.readAllBytes(temp.resolve("large").resolve(FIRST));
        }
        for (int size = SegmentHeader.BYTES; size < image.length; size += 100_000) {
            place("cut", FIRST, Arrays.copyOf(image, size));
            place("cut", "journal", new byte[0]);
            assertRefused("cut", "the file ends at offset " + size);
        }
    }

    @Test
    void lostFramesAreRefusedAfterAnOrderlyClose() throws Exception {
        write("data", records(12));
        byte[] image = Files.readAllBytes(file(FIRST));
        for (int frames = 0; frames <= 12; frames++) {
            int end = SegmentHeader.BYTES + frames * FRAME_BYTES;
            byte[] forgetful = image.clone();
            Arrays.fill(forgetful, end, image.length, (byte) 0);
            place("data", FIRST, forgetful);
            assertRefused("data", "offset " + end + ": the last intact frame is number " + frames);
        }
    }

    @Test
    void lostFramesOfEarlierStartsAreRefusedAfterACrash() throws Exception {
        write("data", records(3));
        byte[] image;
        try (JournalUser user = open("data")) {
            user.store("later");
            image = Files.readAllBytes(file(FIRST));
        }
        Path directory = place("died", FIRST, image);
        Files.createFile(directory.resolve(JournalReach.fileName(6)));
        Arrays.fill(image, SegmentHeader.BYTES + 2 * FRAME_BYTES, image.length, (byte) 0);
        place("died", FIRST, image);
        assertRefused("died", "the last intact frame is number 2");
    }

    @Test
    void whatStandsBehindAnUnfinishedFrameIsRefused() throws Exception {
        byte[] image = crashImage(4);
        int last = SegmentHeader.BYTES + 3 * FRAME_BYTES;
        image[last + 40] ^= 1;
        image[last + FRAME_BYTES + 8] = 1;
        place("data", FIRST, image);
        assertRefused("data", "offset " + last + ": frame 4 is damaged, but the bytes behind it");
    }

    @Test
    void aJournalOfAReleaseWithoutSpaceAheadIsContinued() throws Exception {
        byte[] image = crashImage(4);
        SegmentHeader header = SegmentHeader.decode(ByteBuffer.wrap(image, 0, SegmentHeader.BYTES));
        byte[] older = new SegmentHeader(header.self(), header.journal(), 1, 1, false)
                .encode()
                .array();
        System.arraycopy(older, 0, image, 0, older.length);
        int tornInTheMiddle = SegmentHeader.BYTES + 3 * FRAME_BYTES + 30;
        place("data", FIRST, Arrays.copyOf(image, tornInTheMiddle));
        try (JournalUser user = open("data")) {
            assertEquals(records(3), user.recovered);
            user.store("new");
        }
        try (JournalUser user = open("data")) {
            assertEquals("new", user.recovered.get(3));
        }
        Files.write(file(SECOND), Arrays.copyOf(Files.readAllBytes(file(SECOND)), SegmentHeader.BYTES + 40));
        assertRefused("data", SECOND);
    }

    @Test
    void aTailOfWhichOnlyTheEndLandedIsCutOff() throws Exception {
        byte[] image = crashImage(4);
        int lastFrame = SegmentHeader.BYTES + 3 * FRAME_BYTES;
        for (int hole = lastFrame + 1; hole < lastFrame + FRAME_BYTES; hole += 5) {
            byte[] torn = image.clone();
            Arrays.fill(torn, lastFrame, hole, (byte) 0);
            assertCutOff(torn, "hole up to " + hole);
        }
    }

    private void assertCutOff(byte[] image, String what) throws Exception {
        String name = "torn" + torn++;
        place(name, FIRST, image);
        try (JournalUser user = open(name)) {
            assertEquals(records(3), user.recovered, what);
            user.store("continues");
        }
        try (JournalUser user = open(name)) {
            assertEquals(List.of("continues"), user.recovered.subList(3, user.recovered.size()), what);
        }
    }

    @Test
    void aFlippedBitInAnEarlierFrameIsRefused() throws Exception {
        byte[] image = crashImage(12);
        for (int at = 0; at < SegmentHeader.BYTES + 11 * FRAME_BYTES; at += 7) {
            byte[] rotten = image.clone();
            rotten[at] ^= (byte) (1 << (at % 8));
            place("rotten", FIRST, rotten);
            int frame = (at - SegmentHeader.BYTES) / FRAME_BYTES;
            int start = at < SegmentHeader.BYTES ? 0 : SegmentHeader.BYTES + frame * FRAME_BYTES;
            assertRefused("rotten", FIRST + " in " + temp.resolve("rotten") + ", offset " + start + ":");
        }
    }

    @Test
    void damageToTheLastFrameIsRefusedAfterAnOrderlyClose() throws Exception {
        write("data", records(3));
        flip("data", FIRST, SegmentHeader.BYTES + 2 * FRAME_BYTES + 30);
        assertRefused("data", FIRST);
    }

    @Test
    void damageToTheLastFrameIsRefusedOnceItWasRecovered() throws Exception {
        place("data", FIRST, crashImage(3));
        JournalUser user = open("data");
        byte[] image = Files.readAllBytes(temp.resolve("data").resolve(FIRST));
        user.close();
        place("data", FIRST, image);
        flip("data", FIRST, SegmentHeader.BYTES + 2 * FRAME_BYTES + 30);
        assertRefused("data", FIRST);
    }

    @Test
    void aDamagedFrameBeforeATornOneIsRefused() throws Exception {
        byte[] image = crashImage(4);
        int third = SegmentHeader.BYTES + 2 * FRAME_BYTES;
        image[third + 40] ^= 1;
        image[third + FRAME_BYTES + 40] ^= 1;
        place("data", FIRST, image);
        assertRefused("data", "offset " + third + ":");
    }

    @Test
    void aTornRecordThatHoldsPiecesOfAnotherJournalIsCutOff() throws Exception {
        byte[] other = crashImage("other", 6);
        byte[] torn = crashImage(4);
        int last = SegmentHeader.BYTES + 3 * FRAME_BYTES;
        System.arraycopy(other, last + 2 * FRAME_BYTES, torn, last + 2 * FRAME_BYTES, FRAME_BYTES);
        torn[last] = 0;
        assertCutOff(torn, "a frame of another journal");
    }

    @Test
    void aLengthBeyondTheFileIsNotBelieved() throws Exception {
        byte[] image = crashImage(4);
        int last = SegmentHeader.BYTES + 3 * FRAME_BYTES;
        ByteBuffer.wrap(image).putInt(last + 4, Integer.MAX_VALUE);
        assertCutOff(image, "huge length");
        ByteBuffer.wrap(image).putInt(last + 4, -1);
        assertCutOff(image, "negative length");
    }

    @Test
    void manySegmentsAreReadInOrder() throws Exception {
        List<String> records = manySegments();
        try (JournalUser user = new JournalUser(small("data"))) {
            assertEquals(records, user.recovered);
        }
    }

    @Test
    void anOlderSegmentThatIsMissingIsRefused() throws Exception {
        manySegments();
        Files.delete(file(FIRST));
        assertRefused("data", FIRST);
    }

    @Test
    void aSegmentMissingInTheMiddleIsRefused() throws Exception {
        manySegments();
        Files.delete(file(SECOND));
        assertRefused("data", SECOND);
    }

    @Test
    void theLastSegmentMissingIsRefused() throws Exception {
        manySegments();
        List<Path> segments = segments();
        Path last = segments.get(segments.size() - 1);
        Files.delete(last);
        assertRefused("data", last.getFileName().toString());
    }

    @Test
    void anEmptySegmentIsRefused() throws Exception {
        manySegments();
        for (Path segment : segments()) {
            byte[] content = Files.readAllBytes(segment);
            for (int size : new int[] {0, 100, SegmentHeader.BYTES - 1}) {
                Files.write(segment, Arrays.copyOf(content, size));
                assertRefused("data", segment.getFileName().toString());
            }
            Files.write(segment, content);
        }
    }

    @Test
    void anEarlierSegmentCutShortIsRefused() throws Exception {
        manySegments();
        byte[] content = Files.readAllBytes(file(SECOND));
        for (int size = SegmentHeader.BYTES; size < SegmentHeader.BYTES + 8 * FRAME_BYTES; size += 24) {
            Files.write(file(SECOND), Arrays.copyOf(content, size));
            assertRefused("data", SECOND);
        }
    }

    @Test
    void segmentsThatChangedPlacesAreRefused() throws Exception {
        manySegments();
        Files.copy(file("journal-0000000003"), file(SECOND), StandardCopyOption.REPLACE_EXISTING);
        assertRefused("data", SECOND);
    }

    @Test
    void anOnlySegmentThatIsGoneOrEmptyIsRefused() throws Exception {
        write("data", records(2));
        Files.write(file(FIRST), new byte[0]);
        assertRefused("data", FIRST);
        Files.delete(file(FIRST));
        assertRefused("data", FIRST);
    }

    @Test
    void aFirstStartThatWasCutShortIsMadeAnew() throws Exception {
        byte[] image = crashImage(0);
        for (int size = 0; size < SegmentHeader.BYTES; size += 512) {
            place("young", FIRST, Arrays.copyOf(image, size));
            try (JournalUser user = open("young")) {
                assertEquals(List.of(), user.recovered);
            }
            Files.delete(temp.resolve("young").resolve("journal"));
        }
    }

    @Test
    void anotherReplicasDirectoryIsRefused() throws Exception {
        write("data", records(2));
        StorageException refusal = assertThrows(StorageException.class, () -> new JournalUser(storage("data"), "b"));
        assertTrue(refusal.getMessage().contains("belongs to replica a, not to b"), refusal::getMessage);
    }

    @Test
    void aNewerFormatIsRefused() throws Exception {
        byte[] image = crashImage(2);
        image[11] = 2;
        place("data", FIRST, image);
        assertRefused("data", FIRST + " in " + temp.resolve("data") + " has format version 2");
    }

    @Test
    void aForeignFileUnderTheNameIsRefused() throws Exception {
        byte[] foreign = new byte[10_000];
        Arrays.fill(foreign, (byte) 'x');
        place("data", FIRST, foreign);
        assertRefused("data", FIRST);
        assertEquals(foreign.length, Files.size(file(FIRST)), "it must be left as it is");
    }

    @Test
    void otherFilesAreLeftAlone() throws Exception {
        place("data", "notes.txt", new byte[3]);
        write("data", records(2));
        try (JournalUser user = open("data")) {
            assertEquals(records(2), user.recovered);
        }
        assertEquals(3, Files.size(file("notes.txt")));
    }

    @Test
    void aFullFileSystemIsReported() throws Exception {
        assumeTrue(Files.isWritable(FullDisk.DEVICE), "no " + FullDisk.DEVICE + " here");
        Storage full = Storage.on(self -> new FullDisk(NioDisk.open(temp.resolve("full"), self.name())));

        StorageException refusal = assertThrows(StorageException.class, () -> new JournalUser(full));

        assertTrue(refusal.getMessage().contains("No space left on device"), refusal::getMessage);
        assertTrue(refusal.getMessage().contains("free space"), refusal::getMessage);
    }

    private List<String> records(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> String.format("record %037d", i))
                .toList();
    }

    private List<String> manySegments() throws Exception {
        List<String> records = records(60);
        try (JournalUser user = new JournalUser(small("data"))) {
            user.store(records.toArray(String[]::new));
        }
        assertTrue(segments().size() >= 4, () -> "too few segments");
        return records;
    }

    /** The first segment as a death right after the last record was durable leaves it. */
    private byte[] crashImage(int records) throws Exception {
        return crashImage("alive", records);
    }

    private byte[] crashImage(String name, int records) throws Exception {
        try (JournalUser user = open(name)) {
            user.store(records(records).toArray(String[]::new));
            return Files.readAllBytes(temp.resolve(name).resolve(FIRST));
        }
    }

    private Path place(String name, String file, byte[] content) throws IOException {
        Path directory = Files.createDirectories(temp.resolve(name));
        Files.write(directory.resolve(file), content);
        return directory;
    }

    private void flip(String name, String file, int at) throws IOException {
        Path path = temp.resolve(name).resolve(file);
        byte[] content = Files.readAllBytes(path);
        content[at] ^= 4;
        Files.write(path, content);
    }

    private void write(String name, List<String> records) throws Exception {
        try (JournalUser user = open(name)) {
            user.store(records.toArray(String[]::new));
        }
    }

    private void assertRefused(String name, String part) {
        StorageException refusal = assertThrows(StorageException.class, () -> new JournalUser(small(name)));
        assertTrue(refusal.getMessage().contains(part), refusal::getMessage);
    }

    private List<Path> segments() throws IOException {
        try (var files = Files.list(temp.resolve("data"))) {
            return new ArrayList<>(
                    files.filter(file -> file.getFileName().toString().startsWith("journal-"))
                            .sorted()
                            .toList());
        }
    }

    private Path file(String name) {
        return temp.resolve("data").resolve(name);
    }

    private JournalUser open(String name) {
        return new JournalUser(storage(name));
    }

    private Storage storage(String name) {
        return Storage.directory(temp.resolve(name));
    }

    private Storage small(String name) {
        return new DiskStorage(
                self -> NioDisk.open(temp.resolve(name), self.name()), name, SegmentHeader.BYTES + 10 * FRAME_BYTES);
    }
}
