package io.coterie.benchmarks.raw;

import java.io.IOException;
import java.nio.channels.Selector;

/** How a raw loop waits for its connection. */
public enum Idle {
    /** Sleeps until the system wakes it. */
    BLOCK {
        @Override
        void await(Selector selector) throws IOException {
            selector.select();
        }
    },
    /** Asks again and again, and keeps a processor to itself all the time. */
    SPIN {
        @Override
        void await(Selector selector) throws IOException {
            while (selector.selectNow() == 0) {
                Thread.onSpinWait();
            }
        }
    };

    /** Returns when the connection can be read or was closed. */
    abstract void await(Selector selector) throws IOException;
}
