package io.coterie.failuredetector;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings reports to one listener: in their order, one at a time, by the listener's executor. So a
 * listener that is slow, or blocks, holds up nobody but itself. Safe for use by any thread.
 *
 * <p>If {@value #MAX_WAITING} reports wait, a further one is merged into one that waits.
 */
final class Deliveries<E> {
    static final int MAX_WAITING = 1_000;

    private static final Logger log = LoggerFactory.getLogger(Deliveries.class);

    private final Object listener;
    private final Consumer<E> call;
    private final Executor executor;
    private final Merge<E> merge;
    private final List<E> waiting = new ArrayList<>();
    private boolean running;
    private boolean refused;

    /** How two reports become one. */
    interface Merge<E> {
        /** One report in place of two, or null if they cannot be merged. */
        @Nullable
        E merged(E waiting, E next);
    }

    /**
     * @param listener for the log
     * @param call brings one report to it
     */
    Deliveries(Object listener, Consumer<E> call, Executor executor, Merge<E> merge) {
        this.listener = listener;
        this.call = call;
        this.executor = executor;
        this.merge = merge;
    }

    void add(E report) {
        synchronized (this) {
            if (waiting.size() < MAX_WAITING || !mergeIn(report)) {
                waiting.add(report);
            }
            if (running) {
                return;
            }
            running = true;
        }
        try {
            executor.execute(this::drain);
        } catch (Throwable e) {
            onRefused(e);
        }
    }

    private boolean mergeIn(E report) {
        for (int i = waiting.size() - 1; i >= 0; i--) {
            E merged = merge.merged(waiting.get(i), report);
            if (merged != null) {
                waiting.set(i, merged);
                return true;
            }
        }
        return false;
    }

    private void drain() {
        for (Deque<E> taken = take(); !taken.isEmpty(); taken = take()) {
            for (E report : taken) {
                deliver(report);
            }
        }
    }

    private synchronized Deque<E> take() {
        Deque<E> taken = new ArrayDeque<>(waiting);
        waiting.clear();
        running = !taken.isEmpty();
        return taken;
    }

    private void deliver(E report) {
        try {
            call.accept(report);
        } catch (Throwable e) {
            log.error("listener {} threw on the report {}, and missed it; fix the listener", listener, report, e);
        }
    }

    /** The next report tries again. */
    private synchronized void onRefused(Throwable thrown) {
        running = false;
        if (!refused) {
            refused = true;
            log.error(
                    "the executor of listener {} refused to call it; reports wait until it accepts (logged once)",
                    listener,
                    thrown);
        }
    }
}
