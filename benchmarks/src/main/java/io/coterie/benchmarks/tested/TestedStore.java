package io.coterie.benchmarks.tested;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A replicated store of bytes, used at one of its three nodes. Safe for use by many threads. */
public interface TestedStore extends AutoCloseable {
    /** Begins to put a value. */
    CompletableFuture<?> put(byte[] key, byte[] value);

    /** Begins to get a value. */
    CompletableFuture<byte @Nullable []> get(byte[] key);

    /** Puts a value, and waits. */
    default void putNow(byte[] key, byte[] value) throws Exception {
        put(key, value).get();
    }

    /** Gets a value, and waits. */
    default void getNow(byte[] key) throws Exception {
        get(key).get();
    }

    /** Whether an operation can be begun without a thread that waits for it. */
    default boolean isAsynchronous() {
        return true;
    }

    /** Ends the node. */
    @Override
    void close();
}
