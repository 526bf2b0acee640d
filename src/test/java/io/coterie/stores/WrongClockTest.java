package io.coterie.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.ApiHooks;
import io.coterie.Coterie;
import io.coterie.Status;
import io.coterie.Store;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.cluster.LogText;
import io.coterie.cluster.ShiftedClock;
import io.coterie.consistency.Consistency;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Eventual stores of nodes over TCP, with directories, of which one has a wall clock that is an
 * hour ahead.
 */
class WrongClockTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path directory;

    private final ShiftedClock clockOfC = new ShiftedClock();

    @Test
    void oneWrongClockHindersNobodyElse() {
        clockOfC.shift(HOUR);
        try (LogText log = new LogText();
                LocalCluster cluster = cluster()) {
            cluster.start("c");
            Store<String, String> atC = open(cluster.node("c"));
            atC.put("k", "of the future");
            cluster.start("a", "b");
            Store<String, String> atA = open(cluster.node("a"));
            Await.until("a is shown it", () -> {
                atA.get("k");
                return log.contains("the clocks of these replicas differ from this node's by more than 60 s");
            });

            atA.put("k", "later");
            atA.put("other", "v");
            atA.delete("other");
            assertNull(atA.get("other"));

            Await.until("c knows that its own is wrong", () -> refused(atC));
            QuorumUnavailableException refusal =
                    assertThrows(QuorumUnavailableException.class, () -> atC.delete("other"));
            assertFalse(refusal.maybeExecuted());
            assertTrue(
                    log.contains("s ahead of those of a, b, and replicas refuse this node's eventual writes"),
                    log::toString);

            clockOfC.shift(Duration.ZERO);
            cluster.close("c");
            cluster.start("c");
            Store<String, String> again = open(cluster.node("c"));
            again.put("other", "of c");
            Await.until("a read of the key brings c the later value", () -> "later".equals(again.get("k")));
            Await.until("a has what c wrote", () -> "of c".equals(atA.get("other")));
        }
    }

    @Test
    void statusReportsWhoseClockIsWrongAndCountsItOut() {
        clockOfC.shift(HOUR);
        try (LocalCluster cluster = cluster()) {
            cluster.startAll().nodes().forEach(WrongClockTest::open);

            Status atA = cluster.node("a").status();
            Status atC = cluster.node("c").status();

            assertNull(atA.replicas().get(1).problem());
            assertTrue(
                    atA.replicas().get(2).toString().contains(" s ahead of this node's)"),
                    () -> atA.replicas().get(2).toString());
            assertEquals(2, atA.stores().get(0).writeFailuresSurvived(), "c takes timestamps of its past");
            assertTrue(
                    atC.warnings().get(0).startsWith("this node's clock is ")
                            && atC.warnings().get(0).contains(" s ahead of those of a, b"),
                    () -> atC.warnings().toString());
            assertEquals(-1, atC.stores().get(0).writeFailuresSurvived());
            assertEquals(2, atC.stores().get(0).readFailuresSurvived());
        }
    }

    private LocalCluster cluster() {
        return LocalCluster.in(directory)
                .with(builder -> NodeId.of("c").equals(ApiHooks.self(builder)) ? clockOfC.on(builder) : builder);
    }

    private static boolean refused(Store<String, String> store) {
        try {
            store.put("probe", "v");
            return false;
        } catch (QuorumUnavailableException e) {
            return true;
        }
    }

    private static Store<String, String> open(Coterie node) {
        return node.store("values", Codec.utf8(), Codec.utf8(), Consistency.eventual());
    }
}
