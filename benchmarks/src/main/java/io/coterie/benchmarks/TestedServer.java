package io.coterie.benchmarks;

/** The serving side of an echo: sends back what it gets. */
interface EchoServer extends AutoCloseable {
    /** Where it takes its one client's connection, on loopback. */
    int port();

    /** Ends it, after its client. */
    @Override
    void close();
}
