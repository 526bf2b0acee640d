package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.PeerUnavailableException;
import io.coterie.rpc.node.NodeId;
import java.io.File;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A process whose Java runtime has no flight recorder calls and serves as any other, and reports
 * once that events are off.
 */
class NoFlightRecorderTest {
    private static final String END = "answered, refused, retried and lost";

    @Test
    void connectionsAndCallsAreMadeWithoutAWordButOne() throws Exception {
        Process process = start(
                TwoNodes.class,
                "--limit-modules",
                "java.base,java.naming,java.logging,jdk.unsupported",
                "-Dorg.slf4j.simpleLogger.log.io.coterie.rpc.internal.events.FlightEvents=info");
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals(0, process.waitFor(), said);
        List<String> lines = said.lines().toList();
        assertEquals(
                1,
                lines.stream()
                        .filter(line -> line.contains("this Java runtime has no module jdk.jfr"))
                        .count(),
                said);
        assertEquals(
                List.of(END),
                lines.stream().filter(line -> !line.contains("jdk.jfr")).toList());
    }

    /** Runs a class of this package in a process of its own, whose errors come with its output. */
    static Process start(Class<?> main, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                classPath()));
        command.addAll(List.of(options));
        command.add(main.getName());
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String classPath() throws Exception {
        return Stream.of(
                        place("io.coterie.rpc.NoFlightRecorderTest"),
                        place("io.coterie.rpc.node.NodeId"),
                        place("org.slf4j.Logger"),
                        place("org.slf4j.simple.SimpleLogger"),
                        place("com.github.benmanes.caffeine.cache.Caffeine"),
                        place("org.jspecify.annotations.Nullable"))
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    /**
     * The folder or archive that a class comes from; asked of its resource, as a patched module
     * hides it elsewhere.
     */
    private static String place(String type) throws Exception {
        String name = type.replace('.', '/') + ".class";
        URL url = Class.forName(type).getResource("/" + name);
        URI archive = url.openConnection() instanceof JarURLConnection jar
                ? jar.getJarFileURL().toURI()
                : URI.create(url.toString().substring(0, url.toString().length() - name.length()));
        return Path.of(archive).toString();
    }

    /** All that would be an event. */
    static final class TwoNodes {
        private TwoNodes() {}

        public static void main(String[] arguments) {
            try (Nodes nodes = new Nodes()) {
                RpcNode a = nodes.listening("a");
                RpcNode b = nodes.start(
                        Nodes.builder("b").peer(a.self(), a.boundAddress()).maxInFlightPerPeer(1));
                Nodes.echo(b, a, "hello");
                RpcMethod<String, String> hold = new RpcMethod<>("hold", Codec.utf8(), Codec.utf8(), true);
                a.serveInline(hold, (caller, text, answer) -> {});
                CallOptions patient = CallOptions.within(Duration.ofSeconds(30));
                CompletableFuture<String> held = b.call(a.self(), hold, "", patient);
                Nodes.failureOf(OverloadedException.class, b.call(a.self(), hold, "", patient));
                held.cancel(true);
                Nodes.failureOf(
                        PeerUnavailableException.class,
                        b.call(
                                NodeId.of("nobody"),
                                Nodes.ECHO,
                                "",
                                patient.retrying(RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(1))
                                        .withMaxAttempts(3))));
                a.close();
                Await.until("the connection is lost", () -> !b.isConnected(a.self()));
            }
            System.out.println(END);
        }
    }
}
