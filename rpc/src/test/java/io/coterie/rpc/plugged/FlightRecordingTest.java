package io.coterie.rpc.plugged;

import static io.coterie.rpc.plugged.Stage.B;
import static io.coterie.rpc.plugged.Stage.ECHO;
import static io.coterie.rpc.plugged.Stage.ONCE;
import static io.coterie.rpc.plugged.Stage.ONE_SECOND;
import static io.coterie.rpc.plugged.Stage.RETRY;
import static io.coterie.rpc.plugged.Stage.ignore;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flight recording shows of calls, where it asks for them. */
class FlightRecordingTest {
    private static final List<String> KINDS = List.of("Call", "Retry", "Overload", "Connection");

    private final Stage stage = new Stage();
    private final RpcNode a = stage.node("a", builder -> builder.maxInFlightPerPeer(1));

    @TempDir
    Path directory;

    @Test
    void aRecordingThatAsksForThemShowsCallsRetriesOverloadAndConnections() throws IOException {
        List<RecordedEvent> events = recorded(true);

        assertEquals(
                List.of(
                        "b echo 1 OverloadedException",
                        "b echo 1 answered",
                        "nobody echo 3 PeerUnavailableException",
                        "nobody once 2 cancelled",
                        "b once 2 answered",
                        "b echo 1 OverloadedException"),
                texts(events, "Call", "peer", "method", "attempts", "outcome"));
        assertTrue(of(events, "Call").stream()
                .noneMatch(event -> event.getDuration().isNegative()));
        assertEquals(
                List.of(
                        "nobody echo PeerUnavailableException 10000000",
                        "nobody echo PeerUnavailableException 10000000",
                        "nobody once PeerUnavailableException 10000000",
                        "nobody once PeerUnavailableException 10000000"),
                texts(events, "Retry", "peer", "method", "reason", "wait"));
        List<String> overloads = texts(events, "Overload", "peer", "side", "reason");
        assertTrue(overloads.get(0).startsWith("b caller call of echo to b: 1 calls to it are in flight"));
        assertTrue(overloads.get(1).startsWith("a server the executor rejected it"));
        assertEquals(List.of("b opened null", "b lost cut"), texts(events, "Connection", "peer", "what", "reason"));
    }

    @Test
    void othersShowNothing() throws IOException {
        assertEquals(List.of(), recorded(false));
    }

    private static List<RecordedEvent> of(List<RecordedEvent> events, String kind) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("io.coterie.rpc." + kind))
                .toList();
    }

    private static List<String> texts(List<RecordedEvent> events, String kind, String... fields) {
        return of(events, kind).stream()
                .map(event -> Arrays.stream(fields)
                        .map(field -> String.valueOf(event.<Object>getValue(field)))
                        .collect(Collectors.joining(" ")))
                .toList();
    }

    private List<RecordedEvent> recorded(boolean asked) throws IOException {
        try (Recording recording = new Recording()) {
            if (asked) {
                KINDS.forEach(kind -> recording.enable("io.coterie.rpc." + kind));
            }
            recording.start();
            makeCalls();
            recording.stop();
            Path file = directory.resolve("calls.jfr");
            recording.dump(file);
            return RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().startsWith("io.coterie"))
                    .sorted(Comparator.comparing(RecordedEvent::getEndTime))
                    .toList();
        }
    }

    private void makeCalls() {
        NodeId nobody = NodeId.of("nobody");
        Stage.ManualExecutor executor = new Stage.ManualExecutor();
        RpcNode b = stage.node("b", builder -> builder.executor(executor));
        b.serveInline(ONCE, (caller, text) -> text);
        b.serve(ECHO, (caller, text) -> text);
        stage.network.connect("a", "b");

        ignore(a.call(B, ECHO, "answered", ONE_SECOND));
        ignore(a.call(B, ECHO, "one too many", ONE_SECOND));
        executor.runNext();
        stage.world.run();
        ignore(a.call(nobody, ECHO, "x", ONE_SECOND.retrying(RETRY.withMaxAttempts(3))));
        stage.pass(100);
        CompletableFuture<String> given = a.call(nobody, ONCE, "x", ONE_SECOND.retrying(RETRY));
        stage.pass(15);
        given.cancel(true);
        ignore(a.call(B, ONCE, "asks for its session first", ONE_SECOND));
        stage.world.run();
        executor.rejects = true;
        ignore(a.call(B, ECHO, "rejected", ONE_SECOND));
        stage.pass(1);
        stage.network.disconnect("a", "b");
    }
}
