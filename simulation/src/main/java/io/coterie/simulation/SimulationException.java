package io.coterie.simulation;

/**
 * Code under simulation threw. The message names the seed, which repeats the run, the virtual time
 * and the node.
 */
public final class SimulationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception of code under simulation.
     *
     * @param message a human-readable text
     * @param cause the exception that the code threw
     */
    public SimulationException(String message, Throwable cause) {
        super(message, cause);
    }
}
