package io.coterie.consistency.internal.coordination.ledger;

import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What promises were broken in a run, in the order of being found. */
final class Violations {
    private final Simulation simulation;
    private final List<Violation> all = new ArrayList<>();

    /** A broken promise, at a time in nanoseconds since the simulation's start. */
    record Violation(long at, String what) {
        @Override
        public String toString() {
            return Duration.ofNanos(at) + ": " + what;
        }
    }

    Violations(Simulation simulation) {
        this.simulation = simulation;
    }

    /** Something is wrong now. */
    void add(String what) {
        add(simulation.nanos(), what);
    }

    /** Something was wrong then. */
    void add(long at, String what) {
        all.add(new Violation(at, what));
    }

    List<Violation> all() {
        return all;
    }

    List<String> found() {
        return all.stream().map(Violation::toString).toList();
    }
}
