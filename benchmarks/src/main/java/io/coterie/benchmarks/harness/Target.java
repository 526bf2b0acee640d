package io.coterie.benchmarks.harness;

import java.util.concurrent.CompletableFuture;

/** Takes the calls of a load. Safe for use by many threads. */
public interface Target {
    /** Makes a call and waits for its end. */
    void call() throws Exception;

    /** Begins a call. */
    CompletableFuture<?> start();
}
