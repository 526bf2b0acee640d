package io.coterie.consistency.simulated.callers;

import io.coterie.simulation.SimRandom;

/**
 * The few keys that all callers use at a time. They are changed for new ones after some hundred
 * operations, so that a history stays short enough to be checked.
 */
public final class SharedKeys {
    private final int keys;
    private final int operationsPerKey;
    private int drawn;

    public SharedKeys(int keys, int operationsPerKey) {
        this.keys = keys;
        this.operationsPerKey = operationsPerKey;
    }

    public String register(SimRandom random) {
        return "register" + next(random);
    }

    public String counter(SimRandom random) {
        return "counter" + next(random);
    }

    /** A key to whose value text is added, and nothing else. */
    public String log(SimRandom random) {
        return "log" + next(random);
    }

    private String next(SimRandom random) {
        int generation = drawn++ / (keys * operationsPerKey);
        return generation + "." + random.nextInt(keys);
    }
}
