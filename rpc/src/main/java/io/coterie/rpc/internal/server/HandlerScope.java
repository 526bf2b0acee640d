package io.coterie.rpc.internal.server;

import org.jspecify.annotations.Nullable;

/**
 * The threads that run handlers, as far as protocol code knows of threads: which handler the calling one runs, so that calls
 * made by a handler inherit its deadline, and how to interrupt one.
 */
public interface HandlerScope {
    /** The calling thread begins to run a handler whose caller waits until then. */
    Run enter(long deadline);

    /** What the calling thread runs, or null. */
    @Nullable
    Run current();

    /** One handler on its thread. */
    interface Run {
        /** When the handler's caller gives up, in nanoseconds of the node's clock. */
        long deadline();

        /** Interrupts the handler's thread, if it still runs the handler. Called by any thread. */
        void interrupt();

        /** The handler has ended. Called by the thread that runs it. */
        void exit();
    }
}
