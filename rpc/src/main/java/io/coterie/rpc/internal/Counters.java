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
    final Counter answersDropped = new Counter();

    // What there is now.
    final Counter requestsRunning = new Counter();
    final Counter requestsWaiting = new Counter();
    final Counter keptReplies = new Counter();
    final Counter keptReplyBytes = new Counter();

    /** A number that one thread changes. */
    static final class Counter {
        private final AtomicLong value = new AtomicLong();

        void add(long more) {
            // Not atomic, and without a fence: there is one writer, and who reads need not see it at once.
            value.setOpaque(value.getPlain() + more);
        }

        void set(long now) {
            value.setOpaque(now);
        }

        long get() {
            return value.getOpaque();
        }
    }

    RpcMetrics snapshot(int peersConnected) {
        // Ends before beginnings, so that none has ended that has not begun.
        long ended = answered.get() + failed.get() + cancelled.get();
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
                handlerFailures.get(),
                answersDropped.get(),
                Math.max(0, calls.get() - ended),
                requestsRunning.get(),
                requestsWaiting.get(),
                keptReplies.get(),
                keptReplyBytes.get(),
                peersConnected);
    }
}
