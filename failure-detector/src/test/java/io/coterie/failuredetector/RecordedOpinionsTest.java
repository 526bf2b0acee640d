package io.coterie.failuredetector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.simulation.SimNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flight recording shows of a failure detector. */
class RecordedOpinionsTest {
    private static final FailureDetection HALF_A_SECOND = FailureDetection.fixedTimeout(Duration.ofMillis(500));

    private final WatchCluster cluster = new WatchCluster(8);
    private final SimNode a = cluster.watching("recorded-a", HALF_A_SECOND, "recorded-b");
    private final SimNode b = cluster.bare("recorded-b");

    @TempDir
    Path directory;

    @Test
    void aRecordingShowsSuspicionsEndsOfMistakesAndOwnPauses() throws IOException {
        List<RecordedEvent> events = recorded(true);

        assertEquals(
                List.of("UNKNOWN UP", "UP SUSPECTED", "SUSPECTED DOWN", "DOWN UP"),
                opinions(events).stream()
                        .map(event -> event.getString("before") + " " + event.getString("now"))
                        .toList());
        RecordedEvent suspected = opinions(events).get(1);
        assertEquals(
                "silent for " + suspected.getDuration("silence").toMillis() + " ms", suspected.getString("reason"));
        assertEquals(275, suspected.getDuration("silence").toMillis(), 50);
        RecordedEvent up = opinions(events).get(3);
        assertEquals("a message arrived", up.getString("reason"));
        assertEquals(475, up.getDuration("held").toMillis(), 50);
        List<RecordedEvent> pauses = events.stream()
                .filter(event -> event.getEventType().getName().endsWith(".OwnPause"))
                .filter(event -> event.getDuration("length").toSeconds() == 12)
                .toList();
        assertEquals("LATE_TIMER", pauses.get(0).getString("sign"));
    }

    @Test
    void aRecordingThatTurnsThemOffHasNone() throws IOException {
        assertEquals(List.of(), opinions(recorded(false)));
    }

    private List<RecordedEvent> opinions(List<RecordedEvent> events) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("io.coterie.failuredetector.Opinion"))
                .filter(event -> event.getString("peer").equals(b.id().name()))
                .toList();
    }

    private List<RecordedEvent> recorded(boolean on) throws IOException {
        Path file = directory.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            if (!on) {
                recording.disable("io.coterie.failuredetector.Opinion");
            }
            recording.start();
            cluster.beat(b, a);
            cluster.runMillis(1_000);
            cluster.beat(b, a);
            cluster.runMillis(50);
            a.pause();
            cluster.runMillis(12_150);
            a.resume();
            cluster.runMillis(10);
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .toList();
    }
}
