package io.coterie.rpc.internal;

import io.coterie.rpc.RpcMetrics;
import java.util.concurrent.atomic.AtomicLong;

/** What a node counts. The loop alone adds; any thread may look. */
final class Counters {
    final Counter calls = new Counter();
    final Counter answered = new Counter();
    final Counter failed = new Counter();
    final Counter cancelled = new Counter();
    final Counter retries = new Counter();
    final Counter retriesDenied = new Counter();
    final Counter overloadedHere = new Counter();
    final Counter requests = new Counter();
    final Counter refused = new Counter();
    final Counter expired = new Counter();
    final Counter repeated = new Counter();
    final Counter handlerFailures = new Counter();

    /** A number that one thread adds to. */
    static final class Counter {
        private final AtomicLong value = new AtomicLong();

        void add(long more) {
            // Not atomic, and without a fence: there is one writer, and who reads need not see it at once.
            value.setOpaque(value.getPlain() + more);
        }

        long get() {
            return value.getOpaque();
        }
    }

    RpcMetrics snapshot() {
        return new RpcMetrics(
                calls.get(),
                answered.get(),
                failed.get(),
                cancelled.get(),
                retries.get(),
                retriesDenied.get(),
                overloadedHere.get(),
                requests.get(),
                refused.get(),
                expired.get(),
                repeated.get(),
                handlerFailures.get());
    }
}
