package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Each refusal begins with the setting that is wrong. */
class RpcNodeBuilderTest {
    @Test
    void whatIsMissingIsNamed() {
        refuses(
                IllegalStateException.class,
                "cluster is not set",
                () -> RpcNode.builder().self("a").listen("localhost:0").start());
        refuses(
                IllegalStateException.class,
                "self is not set",
                () -> RpcNode.builder().cluster("test").listen("localhost:0").start());
        refuses(
                IllegalStateException.class,
                "neither listen nor a peer is set",
                () -> Nodes.builder("a").peer("a", "localhost:1").start());
    }

    @Test
    void valuesThatCannotBeAreNamed() {
        refuses(
                IllegalArgumentException.class,
                "cluster \"a b\"",
                () -> RpcNode.builder().cluster("a b"));
        refuses(
                IllegalArgumentException.class,
                "peer b: port 0",
                () -> Nodes.builder("a").peer("b", "h:0"));
        refuses(
                IllegalArgumentException.class,
                "peer b has two addresses",
                () -> Nodes.builder("a").peer("b", "h:1").peer("b", "h:2"));
        refuses(
                IllegalArgumentException.class,
                "maxPayloadBytes 100",
                () -> Nodes.builder("a").maxPayloadBytes(100));
        refuses(
                IllegalArgumentException.class,
                "maxInFlightPerPeer 0",
                () -> Nodes.builder("a").maxInFlightPerPeer(0));
        refuses(
                IllegalArgumentException.class,
                "maxQueuedBytesPerPeer 0",
                () -> Nodes.builder("a").maxQueuedBytesPerPeer(0));
        refuses(
                IllegalArgumentException.class,
                "handshakeTimeout PT0S",
                () -> Nodes.builder("a").handshakeTimeout(Duration.ZERO));
        refuses(
                IllegalArgumentException.class,
                "keepalive PT0.099S is not within PT0.1S to PT1H",
                () -> Nodes.builder("a").keepalive(Duration.ofMillis(99)));
        refuses(
                IllegalArgumentException.class,
                "keepalive PT1H0.001S",
                () -> Nodes.builder("a").keepalive(Duration.ofHours(1).plusMillis(1)));
        refuses(
                IllegalArgumentException.class,
                "reconnect: no retry ends",
                () -> Nodes.builder("a").reconnect(RetryPolicy.none()));
    }

    @Test
    void settingsThatContradictEachOtherAreNamed() {
        try (Nodes nodes = new Nodes()) {
            World world = nodes.listening("b").world();
            refuses(
                    IllegalStateException.class,
                    "world is set without transport",
                    () -> Nodes.builder("a").listen("localhost:0").world(world).start());
        }
        refuses(
                IllegalStateException.class,
                "maxQueuedBytesPerPeer 5000 is below",
                () -> Nodes.builder("a")
                        .listen("localhost:0")
                        .maxQueuedBytesPerPeer(5000)
                        .start());
    }

    @Test
    void theDefaultPayloadIsOneMebibyteAndSomeRoom() {
        try (Nodes nodes = new Nodes()) {
            assertEquals((1 << 20) + (1 << 16), nodes.listening("b").maxPayloadBytes());
        }
    }

    private static <T extends Throwable> void refuses(Class<T> type, String start, Executable setting) {
        T failure = assertThrows(type, setting);
        assertTrue(failure.getMessage().startsWith(start), failure.getMessage());
    }
}
