package io.coterie.consistency.internal.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.Result;
import io.coterie.consistency.internal.pending.StrongOperation;
import io.coterie.consistency.internal.register.BatchOutcome;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.register.StrongCommand;
import io.coterie.consistency.internal.round.ProposeRound;
import io.coterie.consistency.internal.round.Round;
import io.coterie.consistency.internal.rules.Batch;
import io.coterie.consistency.internal.strong.StrongStore;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.simulation.NetworkFaults;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A home that applies a swap proposes it twice: first upon a state that it found at one replica,
 * where the swap is refused, and again, as a conflict kept that from being chosen, upon another,
 * where it is applied. Its origin, which continues alone meanwhile, is shown the first of these
 * states by a promise.
 */
class RefusedElsewhereTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration SLOW = Duration.ofMillis(50);
    private static final byte[] KEY = bytes("key");
    private static final RecordKey RECORD = new RecordKey(new StoreSpec("store", "strong").id(), KEY);
    private static final Ballot NEVER_CHOSEN = new Ballot(1L << 40, 1);

    private final Simulation simulation = Simulation.create(3);
    private final Map<SimNode, StrongStore> stores = new HashMap<>();
    private final Map<SimNode, NodeReplication> replications = new HashMap<>();
    private final List<String> ends = new ArrayList<>();
    private int answers;

    @Test
    void aRefusalThatIsNotChosenDoesNotHaveFunctionsAppliedTwice() {
        SimulatedCluster cluster = new SimulatedCluster(
                simulation,
                3,
                2,
                SimulatedCluster.Variant.CORRECT,
                (start, store) -> stores.put(start.node(), (StrongStore) store));
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> stores.size() == 5, LIMIT));
        cluster.awaitFounding(simulation);
        simulation.nodes().forEach(node -> replications.put(node, cluster.loop(node)));

        SimNode origin = node("c0");
        StrongStore store = Objects.requireNonNull(stores.get(origin));
        long timestamp = replication(origin).ballotClock().nextReading();
        accept(NEVER_CHOSEN, state("other", NEVER_CHOSEN, origin, timestamp, 0), "r1");
        slow(origin);
        origin.execute(() -> continueAlone(store, timestamp));
        simulation.runFor(SLOW.multipliedBy(2).plusMillis(10));
        // The origin has its promises, and what it proposes is on its way: the home is faster.
        Ballot chosen = new Ballot(replication(origin).ballotClock().nextReading() + (1L << 30), 2);
        accept(chosen, state("once;", chosen, origin, timestamp, 1), "r0", "r2");
        simulation.network().clearLinkFaults();
        assertTrue(simulation.runUntil(() -> !ends.isEmpty(), LIMIT));
        assertEquals(List.of("applied"), ends);
        assertEquals("once;", read(node("c1")));
    }

    /** What the home proposes: the origin's swap as the last batch, refused or applied. */
    private byte[] state(String value, Ballot ballot, SimNode origin, long timestamp, int result) {
        long writer = replication(origin).writer();
        byte[] results = {(byte) result};
        return RegisterState.ABSENT
                .after(bytes(value), ballot, List.of(BatchOutcome.ofForwarded(writer, timestamp, results)))
                .bytes();
    }

    /** The origin has sent what its function made of an absent value, and heard nothing. */
    private void continueAlone(StrongStore store, long timestamp) {
        Operation.Update append = new Operation.Update(
                before -> bytes((before == null ? "" : new String(before, StandardCharsets.UTF_8)) + "once;"));
        KeyCoordinator key = new KeyCoordinator(store.keyContext(), RECORD);
        long deadline = store.keyContext().now() + LIMIT.toNanos();
        StrongOperation pending = new StrongOperation(key, append, deadline, completion());
        Batch batch = new Batch(List.of(pending));
        batch.timestampBy(store.keyContext().replication().writer(), timestamp);
        Batch.Attempt attempt = batch.applyTo(RegisterState.ABSENT, NEVER_CHOSEN, batch.outcome(), null);
        batch.send(new Batch.Sent(List.of(new StrongCommand.ConditionalWrite(null, bytes("once;"))), attempt));
        Round round = new ProposeRound(store.keyContext(), key, batch);
        key.continueWith(round, round);
    }

    /** All messages of the origin to the replicas but r0, from which it is cut off, take long. */
    private void slow(SimNode origin) {
        NetworkFaults faults = new NetworkFaults(0, 0, SLOW, SLOW, 0, Duration.ZERO);
        simulation.network().faults(origin, node("r1"), faults);
        simulation.network().faults(origin, node("r2"), faults);
        simulation.network().faults(node("r1"), origin, faults);
        simulation.network().faults(node("r2"), origin, faults);
        simulation.network().faults(origin, node("r0"), new NetworkFaults(1, 0, SLOW, SLOW, 0, Duration.ZERO));
    }

    private void accept(Ballot ballot, byte[] state, String... replicas) {
        SimNode home = node("c1");
        List<String> wanted = List.of(replicas);
        List.of("r0", "r1", "r2").stream()
                .filter(replica -> !wanted.contains(replica))
                .forEach(replica -> simulation.network().cutBoth(home, node(replica)));
        answers = 0;
        home.execute(() -> {
            NodeReplication replication = replication(home);
            long deadline =
                    replication.world().clock().nanos() + Duration.ofMillis(20).toNanos();
            replication.accept(RECORD, ballot, state, ballot, deadline, (replica, answer) -> {
                assertTrue(answer.accepted());
                answers++;
                return answers == wanted.size();
            });
        });
        assertTrue(simulation.runUntil(() -> answers == wanted.size(), Duration.ofMillis(30)));
        simulation.network().heal();
    }

    private @Nullable String read(SimNode node) {
        List<String> values = new ArrayList<>();
        node.execute(() -> {
            StrongStore store = Objects.requireNonNull(stores.get(node));
            store.execute(KEY, new Operation.Get(), store.keyContext().now() + LIMIT.toNanos(), new Completion() {
                @Override
                public void complete(Result result) {
                    byte[] value = result.value();
                    values.add(value == null ? "absent" : new String(value, StandardCharsets.UTF_8));
                }

                @Override
                public void fail(Throwable error) {
                    values.add(error.toString());
                }
            });
        });
        assertTrue(simulation.runUntil(() -> !values.isEmpty(), LIMIT.multipliedBy(2)));
        return values.get(0);
    }

    private Completion completion() {
        return new Completion() {
            @Override
            public void complete(Result result) {
                ends.add("applied");
            }

            @Override
            public void fail(Throwable error) {
                ends.add(error.toString());
            }
        };
    }

    private NodeReplication replication(SimNode node) {
        return Objects.requireNonNull(replications.get(node));
    }

    private SimNode node(String name) {
        return simulation.node(name);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
