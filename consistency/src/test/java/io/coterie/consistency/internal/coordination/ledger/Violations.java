package io.coterie.consistency.internal.coordination.ledger;

import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What promises were broken in a run, in the order of being found. */
public final class Violations {
    private final Simulation simulation;
    private final List<Violation> all = new ArrayList<>();

    /** A broken promise, at a time in nanoseconds since the simulation's start. */
    public record Violation(long at, String what) {
        @Override
        public String toString() {
            return Duration.ofNanos(at) + ": " + what;
        }
    }

    public Violations(Simulation simulation) {
        this.simulation = simulation;
    }

    /** Something is wrong now. */
    public void add(String what) {
        add(simulation.nanos(), what);
    }

    /** Something was wrong then. */
    public void add(long at, String what) {
        all.add(new Violation(at, what));
    }

    public List<Violation> all() {
        return all;
    }

    public List<String> found() {
        return all.stream().map(Violation::toString).toList();
    }
}
