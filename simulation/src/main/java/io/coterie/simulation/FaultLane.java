package io.coterie.simulation;

/** Brings about the faults of one lane. */
interface FaultLane {
    /** Begins a fault now. */
    Ongoing begin(Fault fault);

    /**
     * A fault that has begun.
     *
     * @param whom the nodes that it befalls, for people; empty if it befalls the network as a whole
     * @param end ends it
     */
    record Ongoing(String whom, Runnable end) {}
}
