package io.coterie.failuredetector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A node that wants a quality, on a network that has it and on one that has it not. */
class ShortfallTest {
    private final WatchCluster cluster = new WatchCluster(3);

    @Test
    void aQualityThatTheNetworkAllowsHasNoShortfall() {
        assertEquals(Optional.empty(), shortfallAfterTenMinutes());
    }

    @Test
    void aNetworkThatLosesTooMuchIsReported() {
        cluster.simulation.network().faults(NetworkFaults.none().withLoss(0.4));
        String shortfall = shortfallAfterTenMinutes().orElseThrow();
        assertTrue(
                shortfall.contains("mistake at most once per 365 d, but to detect a failure within 1 s,"), shortfall);
    }

    private Optional<String> shortfallAfterTenMinutes() {
        FailureDetection wanted = WantedQuality.of(Duration.ofDays(365), Duration.ofSeconds(1));
        SimNode a = cluster.watching("a", wanted, "b");
        cluster.watching("b", wanted, "a");
        cluster.runMillis(600_000);
        assertEquals(Optional.empty(), cluster.detector(a).shortfall(NodeId.of("unwatched")));
        return cluster.detector(a).shortfall(NodeId.of("b"));
    }
}
