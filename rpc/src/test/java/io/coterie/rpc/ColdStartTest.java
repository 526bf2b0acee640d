package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import org.junit.jupiter.api.Test;

/** Loops do not wait for what a new process does slowly because it does it for the first time. */
class ColdStartTest {
    @Test
    void eventsAreRegisteredBeforeTheFirstConnection() throws Exception {
        Process process = NoFlightRecorderTest.start(AloneNode.class);
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals(0, process.waitFor(), said);
        for (String event : List.of("Call", "Connection", "Overload", "Retry")) {
            assertTrue(said.contains("io.coterie.rpc." + event + System.lineSeparator()), said);
        }
    }

    /** A node that nobody connects to. */
    static final class AloneNode {
        private AloneNode() {}

        public static void main(String[] arguments) {
            try (Nodes nodes = new Nodes()) {
                nodes.listening("a");
                FlightRecorder.getFlightRecorder().getEventTypes().stream()
                        .map(EventType::getName)
                        .filter(name -> name.startsWith("io.coterie"))
                        .forEach(System.out::println);
            }
        }
    }
}
