package io.coterie.simulation.faults;

import io.coterie.simulation.SimRandom;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * Which faults a run has, and how bad they are. Runs that leave some faults out find more than runs that always have all of
 * them (Groce et al., Swarm Testing, 2012): draw a plan for each seed.
 *
 * @param faults which faults there are
 * @param maxDown how many nodes may be down, paused or slow, or have a disk that fails, at a time, {@link Fault#POWER_LOSS} apart; zero or more. A
 *     minority, where the run is to make progress
 * @param longestQuiet the longest time between two faults of one lane; above zero
 * @param longestFault the longest time that a fault lasts; above zero
 * @param strength how bad loss, duplication and delays are, from 0 (hardly) to 1 (as bad as {@link Fault} says)
 */
public record FaultPlan(Set<Fault> faults, int maxDown, Duration longestQuiet, Duration longestFault, double strength) {
    /** Checks the ranges. */
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

    /** No faults at all. */
    public static FaultPlan none() {
        return new FaultPlan(Set.of(), 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 0);
    }

    /** These faults, at full strength, each for up to 2 s with up to 1 s between. */
    public static FaultPlan of(int maxDown, Fault... faults) {
        return new FaultPlan(Set.of(faults), maxDown, Duration.ofSeconds(1), Duration.ofSeconds(2), 1);
    }

    /**
     * Any faults, each with a probability of one half, of any strength, for up to 0.2 to 8 s; except {@link Fault#LOST_DISK},
     * after which no other node of a cluster of three may fail, so that it comes in a tenth of the plans.
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
