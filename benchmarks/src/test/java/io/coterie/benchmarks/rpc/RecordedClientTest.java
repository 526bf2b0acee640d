package io.coterie.benchmarks.rpc;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.benchmarks.tested.TestedServer;
import java.io.IOException;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;

class RecordedClientTest {
    @Test
    void theLibrarysEventsAreRecordedUntilItIsClosed() throws IOException {
        try (TestedServer server = Echoes.serve("coterie", 64)) {
            EchoLoad client = Echoes.connect("coterie-events", server.port(), 64, 1);
            assertTrue(isRecorded("io.coterie.rpc.Call"));
            client.close();

            assertFalse(isRecorded("io.coterie.rpc.Call"));
        }
    }

    private static boolean isRecorded(String event) {
        return FlightRecorder.getFlightRecorder().getRecordings().stream()
                .map(Recording::getSettings)
                .anyMatch(settings -> "true".equals(settings.get(event + "#enabled")));
    }
}
