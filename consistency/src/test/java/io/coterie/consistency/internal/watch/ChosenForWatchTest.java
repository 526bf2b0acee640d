package io.coterie.consistency.internal.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.internal.register.BatchOutcome;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.Voters;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A watch reads a key that one replica of a majority has a state of, and the other has none. It
 * must not take that state for chosen, and that it does not is left to the rules.
 */
class ChosenForWatchTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);
    private static final RecordKey RECORD = new RecordKey(new StoreSpec("store", "strong").id(), KEY);

    /** The first report, or the first answer, is believed. */
    private static final ConsensusRules BROKEN = new ConsensusRules() {
        @Override
        public boolean isChosenForWatch(Voters voters, long replicas) {
            return true;
        }
    };

    private final Simulation simulation = Simulation.create(1);
    private final Set<SimNode> opened = new HashSet<>();
    private final SimulatedCluster cluster = new SimulatedCluster(
            simulation, 3, 1, SimulatedCluster.Variant.CORRECT, (start, store) -> opened.add(start.node()));
    private final List<String> found = new ArrayList<>();

    ChosenForWatchTest() {
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> opened.size() == 4, LIMIT));
        cluster.awaitFounding(simulation);
        cutOff("r1", "r2");
        Ballot ballot = new Ballot(1L << 40, 1);
        byte[] state = RegisterState.ABSENT
                .after(KEY, ballot, List.of(BatchOutcome.ofOwn(1, 1, 0)))
                .bytes();
        List<String> accepted = new ArrayList<>();
        onLoop(replication -> replication.accept(
                RECORD,
                ballot,
                state,
                ballot,
                deadline(replication),
                (replica, answer) -> accepted.add(replica.name())));
        assertEquals(List.of("r0"), accepted);
        simulation.network().heal();
        cutOff("r2");
    }

    @Test
    void aResyncLeavesAStateOfOneReplicaUndecided() {
        assertNothingTakenForChosen(replication -> resync(replication, ConsensusRules.CORRECT));
    }

    @Test
    void aResyncThatBelievesOneReplicaIsCaught() {
        assertThrows(
                AssertionError.class, () -> assertNothingTakenForChosen(replication -> resync(replication, BROKEN)));
        assertEquals(List.of("chosen"), found);
    }

    @Test
    void aReadHasReplicasAgreeOnAStateOfOneReplica() {
        assertNothingTakenForChosen(replication -> read(replication, ConsensusRules.CORRECT));
    }

    @Test
    void aReadThatBelievesOneReplicaIsCaught() {
        assertThrows(AssertionError.class, () -> assertNothingTakenForChosen(replication -> read(replication, BROKEN)));
        assertEquals(List.of("chosen"), found);
    }

    private void assertNothingTakenForChosen(Task task) {
        onLoop(task);
        assertEquals(List.of("undecided"), found);
    }

    private void resync(NodeReplication replication, ConsensusRules rules) {
        PrefixResync.Found results = new PrefixResync.Found() {
            @Override
            public int room() {
                return 1;
            }

            @Override
            public void chosen(byte[] key, byte[] state) {
                found.add("chosen");
            }

            @Override
            public void undecided(byte[] key) {
                found.add("undecided");
            }

            @Override
            public void end() {}
        };
        new PrefixResync(
                        replication,
                        rules,
                        RECORD.store(),
                        KEY,
                        () -> Set.copyOf(replication.replicas()),
                        () -> true,
                        results)
                .start();
    }

    private void read(NodeReplication replication, ConsensusRules rules) {
        new VersionedRead(
                        replication,
                        rules,
                        new Undecided(),
                        RECORD,
                        () -> Set.copyOf(replication.replicas()),
                        () -> true,
                        state -> found.add("chosen"))
                .start();
    }

    private interface Task {
        void run(NodeReplication replication);
    }

    private void onLoop(Task task) {
        SimNode client = simulation.node("c0");
        client.execute(() -> task.run(cluster.loop(client)));
        simulation.runFor(LIMIT);
    }

    private static long deadline(NodeReplication replication) {
        return replication.world().clock().nanos() + Duration.ofSeconds(1).toNanos();
    }

    private void cutOff(String... replicas) {
        for (String replica : replicas) {
            simulation.network().cutBoth(simulation.node("c0"), simulation.node(replica));
        }
    }

    /** A store that is asked to have replicas agree on a key, and never does. */
    private final class Undecided implements PolicyStore {
        @Override
        public void execute(byte[] key, Operation operation, long deadlineNanos, Completion completion) {
            found.add("undecided");
        }

        @Override
        public void close() {}
    }
}
