package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Each smallest and largest value that the builder offers works with the defaults of all else, and
 * with every other one.
 */
class ExtremeSettingsTest {
    private static final Duration MAX = Duration.ofSeconds(Long.MAX_VALUE);

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final CallOptions OPTIONS =
            CallOptions.within(PATIENCE).retrying(RetryPolicy.exponential(Duration.ofMillis(2), Duration.ofMillis(50)));

    /** The values of one setting exclude each other. */
    private static final List<Map<String, UnaryOperator<RpcNodeBuilder>>> SETTINGS = List.of(
            ends("maxPayloadBytes", b -> b.maxPayloadBytes(4096), b -> b.maxPayloadBytes(1 << 30)),
            ends("maxInFlightPerPeer", b -> b.maxInFlightPerPeer(1), b -> b.maxInFlightPerPeer(Integer.MAX_VALUE)),
            ends("maxRunningHandlers", b -> b.maxRunningHandlers(1), b -> b.maxRunningHandlers(1_000_000)),
            ends("maxWaitingRequests", b -> b.maxWaitingRequests(0), b -> b.maxWaitingRequests(Integer.MAX_VALUE)),
            ends("replyCacheBytes", b -> b.replyCacheBytes(0), b -> b.replyCacheBytes(Long.MAX_VALUE)),
            ends("replyCacheTtl", b -> b.replyCacheTtl(Duration.ofNanos(1)), b -> b.replyCacheTtl(MAX)),
            // The shortest one is over before anybody can answer.
            ends("handshakeTimeout", b -> b.handshakeTimeout(PATIENCE), b -> b.handshakeTimeout(MAX)),
            ends("keepalive", b -> b.keepalive(Duration.ofMillis(100)), b -> b.keepalive(Duration.ofHours(1))),
            ends("maxConnections", b -> b.maxConnections(1), b -> b.maxConnections(1_000_000)),
            ends(
                    "retryBudget",
                    b -> b.retryBudget(new RetryBudget(0, 0)),
                    b -> b.retryBudget(new RetryBudget(10, 1_000_000))),
            ends(
                    "idle",
                    b -> b.idle(IdleStrategy.spin(Duration.ofNanos(1))),
                    b -> b.idle(IdleStrategy.spin(Duration.ofSeconds(1)))),
            ends(
                    "reconnect",
                    b -> b.reconnect(RetryPolicy.exponential(Duration.ofNanos(1), Duration.ofNanos(1))),
                    b -> b.reconnect(RetryPolicy.exponential(Duration.ofMillis(1), MAX))));

    private static Map<String, UnaryOperator<RpcNodeBuilder>> ends(
            String name, UnaryOperator<RpcNodeBuilder> least, UnaryOperator<RpcNodeBuilder> most) {
        Map<String, UnaryOperator<RpcNodeBuilder>> ends = new LinkedHashMap<>();
        ends.put("least " + name, least);
        ends.put("most " + name, most);
        return ends;
    }

    @Test
    void everySettingWorksAtItsEndsAloneAndWithEveryOther() {
        for (int i = 0; i < SETTINGS.size(); i++) {
            // With itself, a setting is alone.
            for (int j = i; j < SETTINGS.size(); j++) {
                Map<String, UnaryOperator<RpcNodeBuilder>> others = SETTINGS.get(j);
                SETTINGS.get(i)
                        .forEach((name, one) -> others.forEach((otherName, other) -> {
                            if (others.get(name) == null || name.equals(otherName)) {
                                // An option is set once, also where it stands alone.
                                UnaryOperator<RpcNodeBuilder> both =
                                        name.equals(otherName) ? one : builder -> other.apply(one.apply(builder));
                                assertCarriesACall(name + " with " + otherName, both);
                            }
                        }));
            }
        }
    }

    private static void assertCarriesACall(String what, UnaryOperator<RpcNodeBuilder> settings) {
        try (Nodes nodes = new Nodes()) {
            RpcNode server =
                    nodes.echoing(settings.apply(Nodes.builder("server").listen("127.0.0.1:0")));
            RpcNode client =
                    nodes.start(settings.apply(Nodes.builder("client").peer(server.self(), server.boundAddress())));
            assertEquals("hello", Nodes.get(client.call(server.self(), Nodes.ECHO, "hello", OPTIONS)), what);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(what + ": " + e, e);
        }
    }
}
