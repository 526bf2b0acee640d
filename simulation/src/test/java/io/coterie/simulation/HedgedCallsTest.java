package io.coterie.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.simulation.HedgedRun.Asked;
import io.coterie.simulation.faults.FaultPlan;
import io.coterie.simulation.faults.Nemesis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HedgedCallsTest {
    private static final int SEEDS = 200;
    private static final int CALLS = 60;

    /** One round trip through a network without faults. */
    private static final Duration ROUND_TRIP = Duration.ofNanos(400_000);

    @Test
    void aFastAnswerNeedsOnePeer() {
        HedgedRun run = new HedgedRun(1);
        Asked asked = run.ask(run.servers);
        run.simulation.runFor(Duration.ofSeconds(1));

        assertEquals(ROUND_TRIP, asked.took());
        assertEquals(1, run.executions());
    }

    @Test
    void anUnreportedDeadPeerCostsTheHedgeDelay() {
        HedgedRun run = new HedgedRun(1);
        run.servers.get(0).kill();
        Asked asked = run.ask(run.servers);
        run.simulation.runFor(Duration.ofSeconds(1));

        assertNotNull(asked.answer, asked::toString);
        assertEquals(HedgedRun.HEDGE.plus(ROUND_TRIP), asked.took());
    }

    @Test
    void aPeerKnownToBeDeadCostsNothing() {
        HedgedRun run = new HedgedRun(1);
        run.simulation.network().signalsConnections(true);
        run.servers.get(0).kill();
        Asked asked = run.ask(run.servers);
        run.simulation.runFor(Duration.ofSeconds(1));

        assertNotNull(asked.answer, asked::toString);
        assertEquals(ROUND_TRIP, asked.took());
    }

    @Test
    void aFasterSecondPeerWins() {
        HedgedRun run = new HedgedRun(1);
        SimNode first = run.servers.get(0);
        Duration slow = Duration.ofMillis(200);
        run.simulation
                .network()
                .faults(first, run.simulation.node("c"), NetworkFaults.none().withDelay(slow, slow));
        Asked asked = run.ask(run.servers);
        run.simulation.runFor(Duration.ofSeconds(1));

        assertEquals(HedgedRun.HEDGE.plus(ROUND_TRIP), asked.took());
        assertEquals(List.of(), run.violations());
    }

    @Test
    void callsWithoutServersFailAtTheirDeadline() {
        HedgedRun run = new HedgedRun(1);
        run.servers.forEach(SimNode::kill);
        Asked asked = run.ask(run.servers);
        run.simulation.runFor(Duration.ofSeconds(1));

        assertNotNull(asked.failure);
        assertEquals(HedgedRun.TIMEOUT, asked.took());
    }

    @Test
    void theFirstAnswerWinsAndAllCallsEndInTimeUnderFaults() {
        long answered = 0;
        long executions = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            HedgedRun run = underFaults(seed);
            long failing = seed;
            List<String> violations = run.violations();
            assertTrue(violations.isEmpty(), () -> "seed " + failing + ":\n" + String.join("\n", violations));
            answered += run.calls.stream().filter(call -> call.answer != null).count();
            executions += run.executions();
        }
        long calls = (long) SEEDS * CALLS;
        System.out.println(
                SEEDS + " seeds: " + calls + " hedged calls, " + answered + " answered, " + executions + " executions");
        assertTrue(
                answered > calls / 2 && executions > answered, answered + " answered, " + executions + " executions");
    }

    /**
     * Faults of servers and links, not of the client, so that its calls can keep their deadlines.
     */
    private static HedgedRun underFaults(long seed) {
        HedgedRun run = new HedgedRun(seed);
        SimRandom random = run.simulation.random();
        run.simulation.network().signalsConnections(random.chance(0.5));
        run.simulation
                .network()
                .faults(NetworkFaults.none()
                        .withDelay(Duration.ofMillis(1), Duration.ofMillis(30))
                        .withDuplication(0.1)
                        .withSlow(0.1, Duration.ofMillis(200)));
        Nemesis.unleash(run.simulation, run.servers, FaultPlan.draw(random, 2), Duration.ofSeconds(4));
        for (int i = 0; i < CALLS; i++) {
            List<SimNode> order = new ArrayList<>(run.servers);
            random.shuffle(order);
            run.simulation.after(random.between(Duration.ZERO, Duration.ofSeconds(4)), () -> run.ask(order));
        }
        run.simulation.runFor(Duration.ofSeconds(5));
        return run;
    }
}
