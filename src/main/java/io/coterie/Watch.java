package io.coterie;

/** A watch under way; see {@link Store#watch}. Safe for use by any number of threads. Ends with its node, too. */
public interface Watch extends AutoCloseable {
    /** Ends it: no call of the listener begins any more, though one may still be running. A second call does nothing. */
    @Override
    void close();
}
