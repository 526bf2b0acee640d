package io.coterie.consistency.simulated.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.cluster.SlowLinks;
import io.coterie.replication.storage.Storage;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that are asked for ten times what can be done: puts and gets by turns, each of which has
 * a second.
 */
class TooMuchLoadTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SETTLING = Duration.ofSeconds(10);
    private static final Duration MEASURED = Duration.ofSeconds(8);
    private static final int TIMES_TOO_MUCH = 10;
    private static final int FEW = 16;
    private static final int STORED_BYTES = 16 << 20;
    private static final int MAX_KEYS = 1000;
    private static final long TICK_NANOS = Duration.ofMillis(1).toNanos();

    private final Simulation simulation = Simulation.create(3);
    private final List<Client> clients = new ArrayList<>();
    private byte[] value = {};
    private int keys;
    private int inTime;
    private int late;
    private int refused;

    @ParameterizedTest
    @ValueSource(ints = {4 << 10, 20 << 10, 256 << 10})
    void slowLinksCarryAlmostAsMuchInTimeAsTheyCan(int bytes) {
        open(1, 4_000_000, bytes);

        measure();
    }

    @Test
    void replicasDoAlmostAsMuchInTimeAsTheyCanForManyClientsTogether() {
        open(8, 1_000_000_000, 20 << 10);
        simulation.nodes().stream().limit(3).forEach(replica -> replica.slowDown(Duration.ofMillis(1)));

        measure();
    }

    private void measure() {
        double most = perSecond(Client::keepFewInFlight);
        assertEquals(0, refused);

        double withTooMuch = perSecond(client -> client.offer(TIMES_TOO_MUCH * most / clients.size()));

        String found =
                withTooMuch + " a second in time of " + most + ", in all " + late + " late and " + refused + " refused";
        assertTrue(withTooMuch > 0.8 * most, found);
        assertTrue(late < refused / 4, found);
    }

    private void open(int clientCount, long bytesPerSecond, int bytes) {
        // Otherwise they would be asked again and again: this transport does not report what it
        // loses.
        SimulatedCluster.Variant variant = SimulatedCluster.Variant.CORRECT
                .withAttemptTimeout(PATIENCE.multipliedBy(2))
                .withStorage(start -> Storage.memory());
        new SimulatedCluster(
                simulation,
                3,
                clientCount,
                variant,
                (start, node) -> node.world(start.world())
                        .transport(new SlowLinks(start.transport(), start.world(), bytesPerSecond, 256L << 20)),
                (start, store) -> {
                    if (start.node().id().name().startsWith("c")) {
                        clients.add(new Client(start, store));
                    }
                });
        simulation.nodes().forEach(SimNode::start);
        assertTrue(simulation.runUntil(() -> clients.size() == clientCount, PATIENCE));
        value = new byte[bytes];
        keys = Math.min(MAX_KEYS, STORED_BYTES / bytes / clientCount);
        clients.forEach(Client::fill);
        assertTrue(simulation.runUntil(() -> inTime == keys * clientCount, PATIENCE.multipliedBy(2)));
    }

    /**
     * How many operations end in time in each second, when each client does that every millisecond.
     */
    private double perSecond(Consumer<Client> work) {
        boolean[] over = {false};
        for (Client client : clients) {
            client.start.world().scheduler().execute(() -> client.everyTick(over, work));
        }
        simulation.runFor(SETTLING);
        inTime = 0;
        late = 0;
        refused = 0;
        simulation.runFor(MEASURED);
        over[0] = true;
        double found = (double) inTime / MEASURED.toSeconds();
        simulation.runFor(SETTLING);
        return found;
    }

    /** Who has keys of its own. */
    private final class Client {
        private final SimStart start;
        private final PolicyStore store;
        private int begun;
        private int inFlight;
        private double owed;

        Client(SimStart start, PolicyStore store) {
            this.start = start;
            this.store = store;
        }

        void fill() {
            for (int i = 0; i < keys; i++) {
                int key = i;
                start.world().scheduler().execute(() -> execute(key, new Operation.Put(value), PATIENCE));
            }
        }

        void everyTick(boolean[] over, Consumer<Client> work) {
            start.world().scheduler().schedule(TICK_NANOS, () -> {
                if (!over[0]) {
                    work.accept(this);
                    everyTick(over, work);
                }
            });
        }

        void keepFewInFlight() {
            while (inFlight < FEW) {
                begin(PATIENCE);
            }
        }

        void offer(double perSecond) {
            for (owed += perSecond * TICK_NANOS / 1e9; owed > 0; owed--) {
                begin(TIMEOUT);
            }
        }

        private void begin(Duration timeout) {
            int number = begun++;
            if (store.refusal(timeout.toNanos(), 1) != null) {
                refused++;
            } else {
                Operation operation = number % 2 == 0 ? new Operation.Put(value) : new Operation.Get();
                execute(simulation.random().nextInt(keys), operation, timeout);
            }
        }

        private void execute(int key, Operation operation, Duration timeout) {
            inFlight++;
            byte[] name = (start + "-" + key).getBytes(StandardCharsets.UTF_8);
            long deadline = start.world().clock().nanos() + timeout.toNanos();
            store.execute(name, operation, deadline, new Completion() {
                @Override
                public void complete(Result result) {
                    inFlight--;
                    inTime++;
                }

                @Override
                public void fail(Throwable error) {
                    inFlight--;
                    late++;
                }
            });
        }
    }
}
