package io.coterie.simulation;

/** Brings about the faults of one lane. */
interface FaultLane {
    /** Begins a fault now. What is returned ends it. */
    Runnable begin(Fault fault);
}
