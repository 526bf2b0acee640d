package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.internal.settings.Durations;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdleStrategyTest {
    @Test
    void aSpinIsAboveZeroAndAtMostASecond() {
        for (Duration bad : List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofSeconds(1, 1))) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> IdleStrategy.spin(bad));
            assertTrue(refused.getMessage().startsWith("maxSpin " + Durations.text(bad)), refused.getMessage());
        }
        assertEquals(
                Duration.ofSeconds(1), IdleStrategy.spin(Duration.ofSeconds(1)).maxSpin());
        assertEquals(Duration.ZERO, IdleStrategy.block().maxSpin());
    }

    @Test
    void callsWorkWhateverTheTwoSidesDoWhenIdle() {
        IdleStrategy spin = IdleStrategy.spin(Duration.ofNanos(200_000));
        for (IdleStrategy one : List.of(IdleStrategy.block(), spin)) {
            for (IdleStrategy other : List.of(IdleStrategy.block(), spin)) {
                call(one, other);
            }
        }
    }

    private static void call(IdleStrategy one, IdleStrategy other) {
        try (Nodes nodes = new Nodes()) {
            RpcNode server =
                    nodes.echoing(Nodes.builder("server").listen("127.0.0.1:0").idle(one));
            RpcNode client = nodes.start(Nodes.builder("client")
                    .peer(server.self(), server.boundAddress())
                    .idle(other));
            for (int i = 0; i < 100; i++) {
                assertEquals("call " + i, Nodes.echo(client, server, "call " + i));
            }
        }
    }
}
