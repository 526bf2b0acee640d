package io.coterie.simulation.faults;

import java.time.Duration;

/** Begins the faults of one lane. */
interface FaultLane {
    /**
     * Begins a fault now.
     *
     * @param length how long it lasts, unless the {@link Nemesis} ends before
     */
    Ongoing begin(Fault fault, Duration length);

    /**
     * A fault that has begun.
     *
     * @param whom its nodes, human-readable; empty if it is a fault of the network as a whole
     * @param end the action that ends it
     */
    record Ongoing(String whom, Runnable end) {}
}
