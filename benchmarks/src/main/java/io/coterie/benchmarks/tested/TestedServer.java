package io.coterie.benchmarks.tested;

/** A server under test: one that echoes, or a node of a store. */
public interface TestedServer extends AutoCloseable {
    /** The port of loopback at which it listens. */
    int port();

    /** Ends it, after its clients. */
    @Override
    void close();
}
