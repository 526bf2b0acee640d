package io.coterie.consistency;

import io.coterie.simulation.SimRandom;

/**
 * The few keys that all callers use at a time. They are changed for new ones after some hundred operations, so that a
 * history stays short enough to be checked.
 */
final class SharedKeys {
    private static final int KEYS = 2;
    private static final int OPERATIONS_PER_KEY = 150;

    private int drawn;

    String register(SimRandom random) {
        return "register" + next(random);
    }

    String counter(SimRandom random) {
        return "counter" + next(random);
    }

    private String next(SimRandom random) {
        int generation = drawn++ / (KEYS * OPERATIONS_PER_KEY);
        return generation + "." + random.nextInt(KEYS);
    }
}
