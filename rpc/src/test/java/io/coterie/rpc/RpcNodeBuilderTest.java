package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.spi.World;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Each refusal begins with the setting that is wrong. */
class RpcNodeBuilderTest {
    @Test
    void whatIsMissingIsNamed() {
        refuses(
                IllegalStateException.class,
                "cluster is missing",
                () -> RpcNode.builder().self("a").listen("localhost:0").start());
        refuses(
                IllegalStateException.class,
                "self is missing",
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
                "handshakeTimeout 0 s is not above zero",
                () -> Nodes.builder("a").handshakeTimeout(Duration.ZERO));
        refuses(
                IllegalArgumentException.class,
                "keepalive 99 ms is not within 100 ms to 1 h",
                () -> Nodes.builder("a").keepalive(Duration.ofMillis(99)));
        refuses(
                IllegalArgumentException.class,
                "keepalive 3600.001 s is not within 100 ms to 1 h",
                () -> Nodes.builder("a").keepalive(Duration.ofHours(1).plusMillis(1)));
        refuses(
                IllegalArgumentException.class,
                "reconnect: no retry bounds the attempts",
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
    void aSecondSettingIsRefusedAndBothValuesAreShown() {
        refuses(
                IllegalStateException.class,
                "cluster is set twice, to \"test\" and to \"shop\"; set it once",
                () -> Nodes.builder("a").cluster("shop"));
        refuses(
                IllegalStateException.class,
                "self is set twice, to a and to b; set it once",
                () -> Nodes.builder("a").self("b"));
        refuses(
                IllegalStateException.class,
                "maxPayloadBytes is set twice, to 4096 and to 8192; set it once",
                () -> Nodes.builder("a").maxPayloadBytes(4096).maxPayloadBytes(8192));
        refuses(
                IllegalStateException.class,
                "keepalive is set twice, to 2 s and to 300 ms; set it once",
                () -> Nodes.builder("a").keepalive(Duration.ofSeconds(2)).keepalive(Duration.ofMillis(300)));
        refuses(
                IllegalStateException.class,
                "security is set twice, to shared secret and to none; set it once",
                () -> Nodes.builder("a")
                        .security(Security.sharedSecret(new byte[16]))
                        .security(Security.none()));
        refuses(
                IllegalStateException.class,
                "nodeKey is set twice, to null (a key of this start alone) and to null",
                () -> Nodes.builder("a").nodeKey(null).nodeKey(null));
    }

    @Test
    @SuppressWarnings("NullAway") // Callers without a checker pass null.
    void nullIsRefusedByTheNameOfTheOption() {
        refuses(
                NullPointerException.class,
                "cluster must not be null",
                () -> RpcNode.builder().cluster(null));
        refuses(
                NullPointerException.class,
                "transport must not be null",
                () -> Nodes.builder("a").transport(null));
        refuses(
                NullPointerException.class,
                "handshakeTimeout must not be null",
                () -> Nodes.builder("a").handshakeTimeout(null));
        refuses(
                NullPointerException.class,
                "reconnect must not be null",
                () -> Nodes.builder("a").reconnect(null));
        refuses(
                NullPointerException.class,
                "address of peer b must not be null",
                () -> Nodes.builder("a").peer("b", null));
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
