package io.coterie.benchmarks;

import java.util.concurrent.CompletableFuture;

/** What a load calls. Safe for use by many threads. */
interface Target {
    /** Makes a call and waits for its end. */
    void call() throws Exception;

    /** Begins a call. */
    CompletableFuture<?> start();
}
