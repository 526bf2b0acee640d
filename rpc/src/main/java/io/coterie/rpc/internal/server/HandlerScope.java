package io.coterie.rpc.internal.server;

import org.jspecify.annotations.Nullable;

/**
 * The port to the threads that run handlers. It knows which handler the calling thread runs, so
 * that calls made by a handler inherit its deadline, and it can interrupt a handler.
 */
public interface HandlerScope {
    /** The calling thread begins to run a handler whose caller waits until that deadline. */
    Run enter(long deadline);

    /** The run of the calling thread, or null. */
    @Nullable
    Run current();

    /** One run of a handler on its thread. */
    interface Run {
        /** When the handler's caller gives up, in nanoseconds of the node's clock. */
        long deadline();

        /** Interrupts the handler's thread, if it still runs the handler. Called by any thread. */
        void interrupt();

        /** The handler has ended. Called by the thread that runs it. */
        void exit();
    }
}
