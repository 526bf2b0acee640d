package io.coterie.consistency;

/** A watch that is open. */
public interface KeyWatch {
    /**
     * Ends it: no further call of the listener begins, but one may be running. May be called by any
     * thread, also twice.
     */
    void close();
}
