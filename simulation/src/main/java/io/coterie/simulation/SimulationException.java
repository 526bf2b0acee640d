package io.coterie.simulation;

/** Code under simulation threw. The text names the seed that does it again, the virtual time and the node. */
public final class SimulationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An exception with a text for people and what was thrown. */
    public SimulationException(String message, Throwable cause) {
        super(message, cause);
    }
}
