package io.coterie;

/**
 * An open watch; see {@link Store#watch}. Safe for use by any number of threads. Closed with its
 * node, too.
 */
public interface Watch extends AutoCloseable {
    /**
     * Ends the watch: no call of the listener begins afterwards, though one may still be running. A
     * second call does nothing.
     */
    @Override
    void close();
}
