package io.coterie.benchmarks.tested;

import io.coterie.benchmarks.harness.Target;
import java.io.Closeable;

/** The calling side of an echo, connected to its server over one connection. */
public interface EchoClient extends Target, Closeable {
    @Override
    void close();
}
