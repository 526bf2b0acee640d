package io.coterie.simulation;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SimDiskTest {
    private final List<SimStart> starts = new ArrayList<>();
    private Simulation simulation = Simulation.create(1);
    private SimNode node = newNode();

    @Test
    void aPowerLossLosesOrTearsOnlyUnforcedBytes() throws IOException {
        Set<String> found = new TreeSet<>();
        for (int seed = 0; seed < 200; seed++) {
            reset(seed);
            SimFile file = volume().open("f");
            append(file, "forced ");
            file.force();
            append(file, "one ");
            append(file, "two");
            node.restart();
            found.add(content("f"));
        }

        for (String survived : found) {
            assertTrue("forced one two".startsWith(survived), survived);
            assertTrue(survived.startsWith("forced "), survived);
        }
        assertEquals(8, found.size(), found::toString);
    }

    @Test
    void theEndOfAProcessLosesNoWrites() throws IOException {
        append(volume().open("f"), "unforced");
        node.kill();
        node.start();

        assertEquals("unforced", content("f"));
        node.restart();
        assertNotEquals("unforced", content("f"), "written by nobody who forced it");
    }

    @Test
    void filesOfADeadProcessRefuse() throws IOException {
        SimVolume old = volume();
        SimFile file = old.open("f");
        node.restart();

        assertThrows(IOException.class, () -> append(file, "ghost"));
        assertThrows(IOException.class, file::force);
        assertThrows(IOException.class, () -> old.open("f"));
        assertEquals("", content("f"));
    }

    @Test
    void jobsRunOneAtATimeOutsideTheLoop() {
        List<String> log = new ArrayList<>();
        node.disk().jobTime(Duration.ofMillis(10), Duration.ofMillis(10));
        for (int i = 0; i < 2; i++) {
            volume().execute(() -> log.add(simulation.now().toMillis() + " on loop: "
                    + current().world().scheduler().inLoop()));
        }
        simulation.runFor(Duration.ofSeconds(1));

        assertEquals(List.of("10 on loop: false", "20 on loop: false"), log);
    }

    @Test
    void aJobRunningAtACrashHappensInPartOrNotAtAll() throws IOException {
        Set<String> found = new TreeSet<>();
        for (int seed = 0; seed < 300; seed++) {
            reset(seed);
            SimFile file = volume().open("f");
            volume().execute(() -> {
                try {
                    append(file, "12");
                    file.force();
                    append(file, "34");
                    file.force();
                } catch (IOException e) {
                    return;
                }
                current().world().scheduler().execute(() -> found.add("reported"));
            });
            volume().execute(() -> found.add("second job"));
            node.restart();
            found.add(content("f"));
            simulation.runFor(Duration.ofMillis(10));
        }

        assertEquals(Set.of("", "1", "12", "123", "1234"), found);
    }

    @Test
    void closingTheDiskRunsTheJobsThatWait() {
        List<String> log = new ArrayList<>();
        volume().execute(() -> log.add("job"));
        volume().close();
        simulation.runFor(Duration.ofMillis(10));

        assertEquals(List.of("job"), log);
        assertThrows(IOException.class, () -> volume().list());
    }

    @Test
    void writesOfAFailedForceNeverGetToTheDisk() throws IOException {
        SimFile file = volume().open("f");
        append(file, "lost");
        node.disk().failNextForce();
        assertThrows(IOException.class, file::force);
        file.force();
        assertEquals("lost", content("f"));
        node.restart();

        assertEquals("", content("f"));
    }

    @Test
    void aLyingForceReportsSuccess() throws IOException {
        node.disk().lyingForces(true);
        SimFile file = volume().open("f");
        append(file, "0123456789");
        file.force();
        node.restart();

        assertNotEquals("0123456789", content("f"));
    }

    @Test
    void aFullDiskTakesWhatFitsAndThrows() throws IOException {
        SimFile file = volume().open("f");
        node.disk().capacityBytes(10);
        append(file, "0123456");
        IOException full = assertThrows(IOException.class, () -> append(file, "789AB"));
        assertEquals("No space left on device", full.getMessage());
        assertEquals("0123456789", content("f"));

        file.write(0, bytes("xx"));
        node.disk().capacityBytes(Long.MAX_VALUE);
        append(file, "AB");
        assertEquals("xx23456789AB", content("f"));
    }

    @Test
    void powerCanFailInTheMiddleOfEachOperation() throws IOException {
        Set<String> found = new TreeSet<>();
        for (int operations = 0; operations < 4; operations++) {
            for (int seed = 0; seed < 50; seed++) {
                reset(seed);
                SimFile file = volume().open("f");
                node.disk().losePowerAfter(operations);
                try {
                    append(file, "ab");
                    file.force();
                    append(file, "cd");
                    file.force();
                } catch (IOException e) {
                    assertFalse(node.isUp());
                    node.start();
                }
                found.add(operations + content("f"));
            }
        }

        assertEquals(Set.of("0", "0a", "0ab", "1", "1a", "1ab", "2ab", "2abc", "2abcd", "3ab", "3abc", "3abcd"), found);
    }

    @Test
    void aFlippedBitStays() throws IOException {
        SimFile file = volume().open("f");
        append(file, "abc");
        file.force();
        node.disk().corrupt("f", 1);
        String rotten = content("f");

        assertNotEquals("abc", rotten);
        node.restart();
        assertEquals(rotten, content("f"));
        assertThrows(IllegalArgumentException.class, () -> node.disk().corrupt("f", 3));
    }

    @Test
    void aCutFileStaysShorter() throws IOException {
        SimFile file = volume().open("f");
        append(file, "abcdef");
        file.force();
        node.disk().cut("f", 2);
        assertEquals("ab", content("f"));
        node.restart();
        assertEquals("ab", content("f"));
        assertThrows(IllegalArgumentException.class, () -> node.disk().cut("f", 3));
    }

    @Test
    void truncationIsDurable() throws IOException {
        SimFile file = volume().open("f");
        append(file, "abcdef");
        file.truncate(2);
        append(file, "XY");
        file.force();
        node.restart();

        assertEquals("abXY", content("f"));
    }

    @Test
    void namesAreDurable() throws IOException {
        volume().open("new");
        volume().open("old").close();
        volume().open("doomed");
        volume().rename("old", "renamed");
        volume().delete("doomed");
        node.restart();

        assertEquals(List.of("new", "renamed"), volume().list());
    }

    @Test
    void anOlderCopyCanBeRestored() throws IOException {
        SimFile file = volume().open("f");
        append(file, "old");
        file.force();
        SimDisk.Image image = node.disk().image();
        append(file, "new");
        file.force();
        node.kill();
        node.disk().restore(image);
        node.start();
        assertEquals("old", content("f"));

        assertThrows(IllegalStateException.class, () -> node.disk().wipe());
        node.kill();
        node.disk().wipe();
        node.start();
        assertEquals(List.of(), volume().list());
    }

    @Test
    void zerosMayFollowIfTheTestAsksForThem() throws IOException {
        Set<String> found = new TreeSet<>();
        for (int seed = 0; seed < 100; seed++) {
            reset(seed);
            node.disk().zeroTails(true);
            append(volume().open("f"), "abc");
            node.restart();
            found.add(content("f").replace('\0', '0'));
        }

        assertTrue(found.contains("a00"), found::toString);
        assertTrue(found.contains("000"), found::toString);
    }

    private void reset(long seed) {
        simulation = Simulation.create(seed);
        node = newNode();
    }

    private SimNode newNode() {
        starts.clear();
        SimNode created = simulation.node("n", starts::add);
        created.start();
        return created;
    }

    private SimStart current() {
        return starts.get(starts.size() - 1);
    }

    private SimVolume volume() {
        return current().disk();
    }

    private String content(String name) throws IOException {
        SimFile file = volume().open(name);
        ByteBuffer content = ByteBuffer.allocate((int) file.size());
        file.read(0, content);
        return new String(content.array(), US_ASCII);
    }

    private static void append(SimFile file, String text) throws IOException {
        file.write(file.size(), bytes(text));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }
}
