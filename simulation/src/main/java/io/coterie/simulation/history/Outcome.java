package io.coterie.simulation.history;

/** How an operation ended. */
public enum Outcome {
    /** It was done, between invocation and return. */
    OK,
    /** It was not done and never will be. */
    FAILED,
    /** It may have been done, may be done at any later time, or may never be done. */
    UNKNOWN
}
