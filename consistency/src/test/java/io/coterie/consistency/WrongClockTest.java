package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.error.CoterieException;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Eventual stores while the wall clock of one machine is wrong by an hour, and after it was set
 * right.
 */
class WrongClockTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration HOUR = Duration.ofHours(1);

    /** Several round trips, and far less than a timeout. */
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    private final Simulation simulation = Simulation.create(1);
    private final Map<SimNode, SimStart> starts = new HashMap<>();
    private final Map<SimNode, PolicyStore> stores = new HashMap<>();
    private SimNode a;
    private SimNode b;
    private SimNode c;
    private SimNode client;

    @BeforeEach
    void start() {
        new SimulatedCluster(simulation, 3, 1, SimulatedCluster.Variant.EVENTUAL, (start, store) -> {
            starts.put(start.node(), start);
            stores.put(start.node(), store);
        });
        a = simulation.node("r0");
        b = simulation.node("r1");
        c = simulation.node("r2");
        client = simulation.node("c0");
        simulation.nodes().forEach(SimNode::start);
        awaitOpen(4);
        simulation.runFor(TIMEOUT);
    }

    @Test
    void aReadOfATimestampFromTheFutureDoesNotHinderTheReadersWrites() {
        c.jumpWallClock(HOUR);
        put(c, "k", "of the future");
        get(a, "k");
        simulation.runFor(TIMEOUT);
        c.crash();

        put(a, "k", "later");
        put(a, "other", "v");
        delete(a, "other");
        put(client, "other", "w");

        assertEquals("later", get(b, "k"));
        assertEquals("w", get(b, "other"));
    }

    @Test
    void whatIsWrittenLaterReplacesATimestampFromTheFutureOnceItsClockIsRight() {
        c.jumpWallClock(HOUR);
        put(c, "k", "of the future");
        put(c, "only there", "v");
        c.crash();
        put(a, "k", "later");
        c.setWallClock();
        restart(c);

        assertEquals("v", get(c, "only there"));
        get(c, "k");
        simulation.runFor(TIMEOUT);

        assertEquals("later", get(c, "k"));
        simulation.runFor(HOUR);
        get(b, "k");
        simulation.runFor(TIMEOUT);
        assertEquals("later", get(c, "k"));
    }

    @Test
    void aReplicaWhoseClockWasSetRightWritesAtOnceAfterARestart() {
        c.jumpWallClock(HOUR);
        put(c, "k", "of the future");
        c.crash();
        c.setWallClock();
        restart(c);

        put(c, "k", "later");
        put(c, "other", "v");
        simulation.runFor(TIMEOUT);

        assertEquals("later", get(a, "k"));
        assertEquals("later", get(c, "k"));
        assertEquals("v", get(b, "other"));
    }

    @Test
    void aWriteThatAllRefuseIsNotAppliedAndEndsAtOnce() {
        client.jumpWallClock(HOUR);

        CoterieException refusal = refusal(client, "k", AT_ONCE);

        assertEquals(
                3,
                assertInstanceOf(QuorumUnavailableException.class, refusal)
                        .replicas()
                        .size());
        assertTrue(refusal.getMessage().contains("ms ahead of this replica's clock"), refusal::getMessage);
        assertEquals("", get(a, "k"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void aReplicaThatKnowsItsClockToBeWrongWritesNothingUntilItIsSet(int sign) {
        put(a, "k", "before");
        simulation.runFor(TIMEOUT);
        c.jumpWallClock(HOUR.multipliedBy(sign));
        put(c, "other", "seen by nobody else");
        put(a, "k", "and so it looks");
        simulation.runFor(AT_ONCE);

        CoterieException refusal = refusal(c, "k", Duration.ofMillis(1));
        assertTrue(
                refusal.getMessage()
                        .contains("this node's clock is "
                                + (sign > 0 ? "3600 s ahead of those of r0, r1" : "3600 s behind those of r0, r1")),
                refusal::getMessage);

        c.setWallClock();
        put(c, "k", "after");
        simulation.runFor(TIMEOUT);
        assertEquals("after", get(a, "k"));
    }

    @Test
    void aWriteFromAClockThatLagsIsLaterThanWhatIsThere() {
        client.jumpWallClock(Duration.ofSeconds(-30));
        put(a, "k", "before");
        simulation.runFor(TIMEOUT);

        put(client, "k", "after");
        simulation.runFor(TIMEOUT);

        for (SimNode replica : new SimNode[] {a, b, c}) {
            assertEquals("after", get(replica, "k"));
        }
    }

    @Test
    void aWriteFromAClockThatLagsReplacesWhatItsFirstReplicaHasNotSeen() {
        a.crash();
        put(b, "k", "before");
        simulation.runFor(TIMEOUT);
        a.jumpWallClock(Duration.ofSeconds(-30));
        restart(a);

        put(a, "k", "after");
        simulation.runFor(TIMEOUT);

        for (SimNode replica : new SimNode[] {a, b, c}) {
            assertEquals("after", get(replica, "k"));
        }
    }

    @Test
    void aWriteReplacesOneFromAClockThatIsAheadWhichItsFirstReplicaHasNotSeen() {
        a.crash();
        c.jumpWallClock(Duration.ofSeconds(30));
        put(c, "k", "before");
        simulation.runFor(TIMEOUT);
        restart(a);

        put(a, "k", "after");
        simulation.runFor(TIMEOUT);

        for (SimNode replica : new SimNode[] {a, b, c}) {
            assertEquals("after", get(replica, "k"));
        }
    }

    @Test
    void aClockThatIsSetRightIsTrustedAgain() {
        c.jumpWallClock(Duration.ofSeconds(-30));
        put(c, "k", "with a timestamp of the other clocks");
        simulation.runFor(TIMEOUT.multipliedBy(2));
        c.setWallClock();

        put(c, "k", "before");
        put(a, "k", "between");
        put(c, "k", "after");
        simulation.runFor(TIMEOUT);

        assertEquals("after", get(b, "k"));
    }

    @Test
    void aWriteFromAClockThatLagsTooFarIsNotApplied() {
        put(a, "k", "before");
        simulation.runFor(TIMEOUT);
        client.jumpWallClock(HOUR.negated());

        CoterieException refusal = refusal(client, "k", AT_ONCE);

        assertTrue(refusal.getMessage().contains("ms ahead of this node's clock"), refusal::getMessage);
        assertEquals("before", get(b, "k"));
    }

    @Test
    void aWriteThatReachedNobodyIsNotApplied() {
        simulation.network().signalsConnections(true);
        simulation.network().isolate(client);
        simulation.runFor(TIMEOUT);

        CoterieException failure = failure(client, "k", TIMEOUT.multipliedBy(2));

        assertFalse(failure.maybeExecuted(), failure::getMessage);
    }

    @Test
    void aWriteThatMayBeInFlightIsOfUnknownOutcome() {
        simulation.network().isolate(client);

        CoterieException failure = failure(client, "k", TIMEOUT.multipliedBy(2));

        assertInstanceOf(OutcomeUnknownException.class, failure);
    }

    private void restart(SimNode node) {
        stores.remove(node);
        node.start();
        awaitOpen(stores.size() + 1);
        simulation.runFor(AT_ONCE);
    }

    private void awaitOpen(int number) {
        assertTrue(simulation.runUntil(() -> stores.size() == number, Duration.ofMinutes(1)));
    }

    private CoterieException refusal(SimNode node, String key, Duration within) {
        CoterieException refusal = failure(node, key, within);
        assertFalse(refusal.maybeExecuted(), refusal::getMessage);
        return refusal;
    }

    private CoterieException failure(SimNode node, String key, Duration within) {
        Object end = end(node, key, new Operation.Put(bytes("never")), within);
        return assertInstanceOf(CoterieException.class, end);
    }

    private void put(SimNode node, String key, String value) {
        assertInstanceOf(Result.class, end(node, key, new Operation.Put(bytes(value)), AT_ONCE));
    }

    private void delete(SimNode node, String key) {
        assertInstanceOf(Result.class, end(node, key, new Operation.Delete(), AT_ONCE));
    }

    private String get(SimNode node, String key) {
        Object end = end(node, key, new Operation.Get(), AT_ONCE);
        byte[] value = assertInstanceOf(Result.class, end).value();
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    /** The result, or what the operation failed with. */
    private Object end(SimNode node, String key, Operation operation, Duration within) {
        Object[] end = new Object[1];
        node.execute(() -> stores.get(node)
                .execute(
                        bytes(key),
                        operation,
                        starts.get(node).world().clock().nanos() + TIMEOUT.toNanos(),
                        new Completion() {
                            @Override
                            public void complete(Result result) {
                                end[0] = result;
                            }

                            @Override
                            public void fail(Throwable error) {
                                end[0] = error;
                            }
                        }));
        assertTrue(
                simulation.runUntil(() -> end[0] != null, within),
                () -> operation + " at " + node + " within " + within.toMillis() + " ms");
        return end[0];
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
