package io.coterie.simulation;

import io.coterie.rpc.RetryBudget;
import io.coterie.simulation.faults.Fault;
import io.coterie.simulation.faults.FaultPlan;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * The settings of one run.
 *
 * @param replyCacheBytes as of {@code RpcNodeBuilder}; small in half of the runs
 * @param replyCacheTtl as of {@code RpcNodeBuilder}; short in half of the runs
 * @param maxRunning how many handlers run at once
 * @param maxWaiting how many requests wait for them
 * @param weather the faults of the network that are always on
 */
record OncePlan(
        int servers,
        int clients,
        long replyCacheBytes,
        Duration replyCacheTtl,
        int maxRunning,
        int maxWaiting,
        RetryBudget budget,
        boolean signalsConnections,
        NetworkFaults weather,
        FaultPlan faults) {
    private static final long BYTES = 16L << 20;
    private static final Duration AGE = Duration.ofMinutes(5);
    private static final Duration MIN_DELAY = Duration.ofNanos(100_000);
    private static final Set<Fault> ON_HOLD = EnumSet.of(Fault.PAUSE, Fault.SLOW_PROCESS);

    static OncePlan draw(SimRandom random) {
        int servers = 1 + random.nextInt(2);
        int clients = 2 + random.nextInt(2);
        boolean forgetsBySize = random.chance(0.5);
        boolean forgetsByAge = random.chance(0.5);
        boolean isCramped = random.chance(0.3);
        return new OncePlan(
                servers,
                clients,
                forgetsBySize ? random.nextInt(3000) : BYTES,
                forgetsByAge ? random.between(Duration.ofMillis(100), Duration.ofSeconds(1)) : AGE,
                isCramped ? 1 + random.nextInt(2) : 64,
                isCramped ? random.nextInt(3) : 1024,
                random.chance(0.3) ? RetryBudget.standard() : RetryBudget.unlimited(),
                random.chance(0.5),
                drawWeather(random),
                drawFaults(random, servers + clients));
    }

    /** A copy with other bounds on what servers remember. */
    OncePlan keeping(long bytes, Duration age) {
        return new OncePlan(
                servers, clients, bytes, age, maxRunning, maxWaiting, budget, signalsConnections, weather, faults);
    }

    /** How long after its deadline a call may end: as long as its process may be paused or busy. */
    Duration slack() {
        boolean holds = faults.faults().stream().anyMatch(ON_HOLD::contains);
        return holds ? faults.longestFault().plusSeconds(1) : Duration.ofMillis(1);
    }

    private static NetworkFaults drawWeather(SimRandom random) {
        NetworkFaults fair =
                NetworkFaults.none().withDelay(MIN_DELAY, random.between(MIN_DELAY, Duration.ofMillis(15)));
        double loss = random.nextDouble() * 0.1;
        double duplication = random.nextDouble() * 0.3;
        double slow = random.nextDouble() * 0.1;
        return fair.withLoss(random.chance(0.5) ? loss : 0)
                .withDuplication(random.chance(0.7) ? duplication : 0)
                .withSlow(random.chance(0.5) ? slow : 0, Duration.ofMillis(400));
    }

    private static FaultPlan drawFaults(SimRandom random, int nodes) {
        FaultPlan drawn = FaultPlan.draw(random, 1 + random.nextInt(nodes - 1));
        return new FaultPlan(
                drawn.faults(),
                drawn.maxDown(),
                random.between(Duration.ofMillis(50), Duration.ofMillis(800)),
                random.between(Duration.ofMillis(50), Duration.ofMillis(800)),
                drawn.strength());
    }
}
