package io.coterie.simulation.faults;

/**
 * A fault that a {@link Nemesis} brought about, and how long it lasted. Immutable.
 *
 * @param fault the kind of fault
 * @param whom its nodes, human-readable; empty if it was a fault of the network as a whole
 * @param began when it began, in nanoseconds since the simulation's start
 * @param ended when it ended, as {@code began}; {@link Long#MAX_VALUE} if it is still on
 */
public record FaultSpan(Fault fault, String whom, long began, long ended) {
    @Override
    public String toString() {
        return whom.isEmpty() ? fault.name() : fault + " " + whom;
    }
}
