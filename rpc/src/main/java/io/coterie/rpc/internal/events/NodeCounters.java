package io.coterie.rpc.internal.events;

import io.coterie.rpc.RpcMetrics;
import java.util.concurrent.atomic.AtomicLong;

/** What a node counts. The loop alone adds; any thread may look. */
public final class NodeCounters {
    public final Counter calls = new Counter();
    public final Counter answered = new Counter();
    public final Counter failed = new Counter();
    public final Counter cancelled = new Counter();
    public final Counter retries = new Counter();
    public final Counter retriesDenied = new Counter();
    public final Counter overloadedHere = new Counter();
    public final Counter requests = new Counter();
    public final Counter refused = new Counter();
    public final Counter expired = new Counter();
    public final Counter repeated = new Counter();
    public final Counter handlerFailures = new Counter();
    public final Counter answersDropped = new Counter();

    // What there is now.
    public final Counter requestsRunning = new Counter();
    public final Counter requestsWaiting = new Counter();
    public final Counter cachedReplies = new Counter();
    public final Counter replyCacheBytes = new Counter();

    /** A number that one thread changes. */
    public static final class Counter {
        private final AtomicLong value = new AtomicLong();

        public void add(long more) {
            // Not atomic, and without a fence: there is one writer, and readers need not see it at
            // once.
            value.setOpaque(value.getPlain() + more);
        }

        public void set(long now) {
            value.setOpaque(now);
        }

        public long get() {
            return value.getOpaque();
        }
    }

    public RpcMetrics snapshot(int peersConnected) {
        // Reads the ends before the beginnings, so that no call has ended that has not begun.
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
                cachedReplies.get(),
                replyCacheBytes.get(),
                peersConnected);
    }
}
