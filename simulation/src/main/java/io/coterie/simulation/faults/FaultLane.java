package io.coterie.simulation.faults;

import java.time.Duration;

/** Brings about the faults of one lane. */
interface FaultLane {
    /**
     * Begins a fault now.
     *
     * @param length how long it will last unless everything is calmed before
     */
    Ongoing begin(Fault fault, Duration length);

    /**
     * A fault that has begun.
     *
     * @param whom the nodes that it befalls, for people; empty if it befalls the network as a whole
     * @param end ends it
     */
    record Ongoing(String whom, Runnable end) {}
}
