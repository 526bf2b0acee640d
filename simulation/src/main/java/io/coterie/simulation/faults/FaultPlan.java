package io.coterie.simulation.faults;

import io.coterie.simulation.SimRandom;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * The kinds of faults of a run, and how bad they are. Immutable.
 *
 * <p>Draw a plan for each seed: runs that leave some faults out find more errors than runs that
 * always have all of them (Groce et al., Swarm Testing, 2012).
 *
 * @param faults the kinds of faults that may come
 * @param maxDown how many nodes may be down, paused or slow, or have a disk that fails, at a time;
 *     zero or more. {@link Fault#POWER_LOSS} may exceed it. Choose a minority if the run must make
 *     progress
 * @param longestQuiet the maximum time between two faults of one lane; above zero
 * @param longestFault the maximum time that a fault lasts; above zero
 * @param strength how bad loss, duplication and delays are, from 0 (hardly noticeable) to 1 (as bad
 *     as {@link Fault} says)
 */
public record FaultPlan(Set<Fault> faults, int maxDown, Duration longestQuiet, Duration longestFault, double strength) {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public FaultPlan {
        faults = Set.copyOf(faults);
        if (maxDown < 0 || !(strength >= 0 && strength <= 1)) {
            throw new IllegalArgumentException(
                    "maxDown " + maxDown + " is below zero, or strength " + strength + " not within 0 to 1");
        }
        if (!(longestQuiet.compareTo(Duration.ZERO) > 0 && longestFault.compareTo(Duration.ZERO) > 0)) {
            throw new IllegalArgumentException(
                    "longestQuiet " + longestQuiet + " and longestFault " + longestFault + " must be above zero");
        }
    }

    /** A plan without faults. */
    public static FaultPlan none() {
        return new FaultPlan(Set.of(), 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 0);
    }

    /**
     * A plan with these faults, at full strength: each lasts up to 2 s, with up to 1 s between two.
     *
     * @param maxDown see {@link #maxDown}; zero or more
     * @param faults the kinds of faults; each at most once
     */
    public static FaultPlan of(int maxDown, Fault... faults) {
        return new FaultPlan(Set.of(faults), maxDown, Duration.ofSeconds(1), Duration.ofSeconds(2), 1);
    }

    /**
     * A random plan. Each kind of fault is in it with a probability of one half, any strength is
     * equally likely, and faults last up to 0.2 to 8 s. {@link Fault#LOST_DISK} is in a tenth of
     * the plans only: after it, no other node of a cluster of three may fail.
     *
     * @param random where to draw from; takes a fixed number of draws
     * @param maxDown see {@link #maxDown}; zero or more
     */
    public static FaultPlan draw(SimRandom random, int maxDown) {
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        for (Fault fault : Fault.values()) {
            if (random.chance(fault == Fault.LOST_DISK ? 0.1 : 0.5)) {
                faults.add(fault);
            }
        }
        Duration quiet = random.between(Duration.ofMillis(100), Duration.ofSeconds(4));
        Duration longest = random.between(Duration.ofMillis(200), Duration.ofSeconds(8));
        return new FaultPlan(faults, maxDown, quiet, longest, random.nextDouble());
    }
}
