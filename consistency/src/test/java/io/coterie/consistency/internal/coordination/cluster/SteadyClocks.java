package io.coterie.consistency.internal.coordination.cluster;

import io.coterie.rpc.spi.World;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.Simulation;
import java.time.Duration;

/**
 * How wrong the steady clocks of a run are.
 *
 * @param maxDrift by how much they gain or lose at most, per second of true time; below 1
 * @param maxLeap by how much they jump ahead at most, as the clock of a machine does that was
 *     suspended; they never go back
 */
public record SteadyClocks(double maxDrift, Duration maxLeap) {
    private static final SteadyClocks TRUE = new SteadyClocks(0, Duration.ZERO);

    /** Two of these run apart by 8 %, and leases stand a tenth. */
    private static final SteadyClocks WITHIN_THE_MARGIN = new SteadyClocks(0.04, Duration.ZERO);

    /**
     * The fastest runs three times as fast as the slowest, and a leap is as long as the longest
     * lease.
     */
    private static final SteadyClocks WILD = new SteadyClocks(0.5, Duration.ofSeconds(2));

    private static final double SHARE_OF_WILD = 0.25;
    private static final Duration OFTEN = Duration.ofMillis(500);
    private static final Duration SELDOM = Duration.ofSeconds(4);

    /** What a seed has. */
    public static SteadyClocks draw(Simulation simulation) {
        SteadyClocks tame = simulation.random().chance(0.5) ? WITHIN_THE_MARGIN : TRUE;
        return areWild(simulation) ? WILD : tame;
    }

    /** Whether a seed has clocks that run apart by more than leases can stand. */
    public static boolean areWild(long seed) {
        return areWild(Simulation.create(seed));
    }

    /** Drawn from a stream of its own, so that whatever else is drawn does not depend on it. */
    private static boolean areWild(Simulation simulation) {
        return simulation.random("wild clocks").chance(SHARE_OF_WILD);
    }

    /** Whether leases promise that no more hold at a moment than may. */
    public boolean areWithinTheMargin() {
        return !equals(WILD);
    }

    /** A world with one of these clocks in place of its own. */
    public World of(World truth, SimRandom random) {
        double rate = (random.nextDouble() * 2 - 1) * maxDrift;
        Duration every = random.between(OFTEN, SELDOM);
        Duration leap = random.between(Duration.ZERO, maxLeap);
        return DriftingWorld.of(truth, rate, every, leap);
    }
}
