package io.coterie.benchmarks.harness;

/** Work in a closed loop: where one call ends, the next begins. */
public interface Load {
    /** Begins to call. */
    void start(Progress progress);

    /** Begins no more calls, and returns when those under way have ended. */
    void stop();

    /**
     * The load of that name.
     *
     * @param name a number, and {@code -callers} for so many threads that wait for each of their calls, or
     *     {@code -in-flight} for so many calls of which each begins the next when it ends
     */
    static Load of(String name, Target target) {
        return of(name, target, true);
    }

    /** The same; where calls cannot be begun without waiting for them, as many callers as were to be in flight. */
    static Load of(String name, Target target, boolean asynchronous) {
        int dash = name.indexOf('-');
        String kind = name.substring(dash + 1);
        int count = dash < 0 ? 0 : Integer.parseInt(name.substring(0, dash));
        return switch (kind) {
            case "callers" -> new Callers(count, target);
            case "in-flight" -> asynchronous ? new InFlight(count, target) : new Callers(count, target);
            default ->
                throw new IllegalArgumentException(
                        "load \"" + name + "\" is none; give a number of -callers or -in-flight, as in 64-callers");
        };
    }
}
