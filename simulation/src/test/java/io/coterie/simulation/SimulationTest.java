package io.coterie.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SimulationTest {
    @Test
    void theSameSeedGivesTheSameTraceByteForByte() {
        List<String> first = new ArrayList<>();
        List<String> second = new ArrayList<>();

        long hash = eventfulRun(17, first);

        assertEquals(hash, eventfulRun(17, second));
        assertEquals(first, second);
        assertTrue(first.size() > 1_000, () -> "only " + first.size() + " events");
    }

    @Test
    void anotherSeedGivesAnotherTrace() {
        assertNotEquals(eventfulRun(17, new ArrayList<>()), eventfulRun(18, new ArrayList<>()));
    }

    @Test
    void aFullTraceDoesNotChangeTheRun() {
        EchoCluster quiet = eventful(17);
        quiet.runMillis(500);

        assertEquals(eventfulRun(17, new ArrayList<>()), quiet.simulation.traceHash());
    }

    @Test
    void aDrawInOneStreamShiftsNoOther() {
        Simulation one = Simulation.create(5);
        Simulation other = Simulation.create(5);
        one.random().nextLong();

        assertEquals(one.random("x").nextLong(), other.random("x").nextLong());
        assertNotEquals(one.random("x").nextLong(), one.random("y").nextLong());
        assertNotEquals(
                one.random("x").nextLong(), Simulation.create(6).random("x").nextLong());
    }

    @Test
    void timeJumpsToTheEndOfARun() {
        Simulation simulation = Simulation.create(1);
        List<Duration> seen = new ArrayList<>();
        simulation.after(Duration.ofSeconds(2), () -> seen.add(simulation.now()));
        simulation.after(Duration.ofSeconds(9), () -> seen.add(simulation.now()));

        simulation.runFor(Duration.ofSeconds(5));

        assertEquals(List.of(Duration.ofSeconds(2)), seen);
        assertEquals(Duration.ofSeconds(5), simulation.now());
    }

    @Test
    void aRunEndsWhenItsConditionHolds() {
        Simulation simulation = Simulation.create(1);
        AtomicInteger count = new AtomicInteger();
        simulation.after(Duration.ofMillis(1), count::incrementAndGet);
        simulation.after(Duration.ofMillis(2), count::incrementAndGet);

        assertTrue(simulation.runUntil(() -> count.get() == 1, Duration.ofSeconds(1)));
        assertEquals(Duration.ofMillis(1), simulation.now());
        assertFalse(simulation.runUntil(() -> count.get() == 3, Duration.ofSeconds(1)));
        assertEquals(Duration.ofMillis(1_001), simulation.now());
    }

    @Test
    void anExceptionOfATaskEndsTheRunAndNamesTheSeed() {
        EchoCluster cluster = new EchoCluster(77);
        cluster.b.execute(() -> {
            throw new IllegalStateException("broken");
        });

        SimulationException thrown = assertThrows(SimulationException.class, () -> cluster.runMillis(1));

        assertTrue(thrown.getMessage().contains("seed 77: node b threw"), thrown.getMessage());
        cluster.runMillis(1);
    }

    @Test
    void withAFailureHandlerTheLoopContinues() {
        EchoCluster cluster = new EchoCluster(1);
        List<String> failed = new ArrayList<>();
        cluster.simulation.onTaskFailure((node, thrown) -> failed.add(node + " " + thrown.getMessage()));
        cluster.b.execute(() -> {
            throw new IllegalStateException("broken");
        });
        cluster.send(cluster.b, cluster.c, 1);

        cluster.runMillis(5);

        assertEquals(List.of("b broken"), failed);
        assertEquals(List.of("b:0"), cluster.heardBy(cluster.c));
    }

    @Test
    void anEndlessLoopWithoutTimeIsFound() {
        EchoCluster cluster = new EchoCluster(1);
        Runnable[] again = new Runnable[1];
        again[0] = () -> cluster.a.execute(again[0]);
        cluster.a.execute(again[0]);

        assertThrows(IllegalStateException.class, () -> cluster.runMillis(1));
    }

    private static long eventfulRun(long seed, List<String> trace) {
        EchoCluster cluster = eventful(seed);
        cluster.simulation.traceTo(trace::add);
        cluster.runMillis(500);
        return cluster.simulation.traceHash();
    }

    private static EchoCluster eventful(long seed) {
        EchoCluster cluster = new EchoCluster(seed);
        cluster.simulation
                .network()
                .faults(NetworkFaults.none()
                        .withLoss(0.1)
                        .withDuplication(0.1)
                        .withDelay(Duration.ofMillis(1), Duration.ofMillis(9)));
        cluster.send(cluster.a, cluster.b, 400);
        cluster.send(cluster.b, cluster.c, 400);
        cluster.simulation.after(Duration.ofMillis(100), cluster.b::restart);
        cluster.simulation.after(Duration.ofMillis(200), cluster.c::pause);
        cluster.simulation.after(Duration.ofMillis(250), cluster.c::resume);
        return cluster;
    }
}
