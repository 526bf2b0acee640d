package io.coterie.simulation.faults;

/**
 * A fault that a {@link Nemesis} brought about, and how long it lasted.
 *
 * @param fault what it was
 * @param whom the nodes that it befell, for people; empty if it befell the network as a whole
 * @param began in nanoseconds since the simulation's start
 * @param ended as {@code began}; {@link Long#MAX_VALUE} if it is still on
 */
public record FaultSpan(Fault fault, String whom, long began, long ended) {
    @Override
    public String toString() {
        return whom.isEmpty() ? fault.name() : fault + " " + whom;
    }
}
