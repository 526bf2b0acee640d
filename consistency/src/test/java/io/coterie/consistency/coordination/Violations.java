package io.coterie.consistency.coordination;

import io.coterie.simulation.Simulation;
import java.util.ArrayList;
import java.util.List;

/** What promises were broken in a run, in the order of being found. */
final class Violations {
    private final Simulation simulation;
    private final List<String> found = new ArrayList<>();

    Violations(Simulation simulation) {
        this.simulation = simulation;
    }

    void add(String what) {
        found.add(simulation.now() + ": " + what);
    }

    List<String> found() {
        return found;
    }
}
