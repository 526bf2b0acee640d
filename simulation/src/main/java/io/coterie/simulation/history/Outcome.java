package io.coterie.simulation.history;

/** How an operation ended. */
public enum Outcome {
    /** It was done, between invocation and return. */
    OK,
    /** It certainly was not done and will not be. */
    FAILED,
    /** It may have been done, may be done at any later time, or never. */
    UNKNOWN
}
