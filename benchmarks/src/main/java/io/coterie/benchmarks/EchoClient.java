package io.coterie.benchmarks;

import io.coterie.benchmarks.harness.Target;
import java.io.Closeable;

/** The calling side of an echo, connected with its server over one connection. */
interface EchoClient extends Target, Closeable {
    @Override
    void close();
}
