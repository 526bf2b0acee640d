package io.coterie.benchmarks.harness;

/** Calls without a pause, until it is stopped. */
public interface Load {
    /** Begins to call. */
    void start(Progress progress);

    /** Begins no more calls, and returns when those in flight have ended. */
    void stop();

    /**
     * The load of that name.
     *
     * @param name a number and {@code -callers} for so many threads that wait for each of their
     *     calls, or a number and {@code -in-flight} for so many calls that each begin the next when
     *     they end
     */
    static Load of(String name, Target target) {
        return of(name, target, true);
    }

    /**
     * As {@link #of(String, Target)}. A target whose calls cannot be begun without waiting for them
     * gets as many callers as there were to be calls in flight.
     */
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
