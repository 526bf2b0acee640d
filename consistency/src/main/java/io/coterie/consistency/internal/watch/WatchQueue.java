package io.coterie.consistency.internal.watch;

import io.coterie.consistency.KeyListener;
import io.coterie.consistency.internal.usercode.SerialExecutor;
import io.coterie.replication.internal.budget.NodeMemory;
import io.coterie.replication.spi.Ballot;
import io.coterie.rpc.spi.Scheduler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The changes that a listener is to get. The listener is called on the executor, one call after the
 * other; changes that it is too slow for are dropped, oldest first, and the next call reports that.
 * All but these calls is on the loop.
 */
final class WatchQueue implements WatchedKey.Sink, NodeMemory.Queue {
    private static final Logger log = LoggerFactory.getLogger(WatchQueue.class);

    private static final int CALLS_PER_TASK = 64;

    private final NodeMemory memory;
    private final Scheduler scheduler;
    private final SerialExecutor tasks;
    private final KeyListener listener;
    private final String what;
    private final int bound;
    private final Feedback feedback;
    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean hasLogged = new AtomicBoolean();
    private long bytes;
    private boolean running;

    /** Reports to the watch what became of its changes. */
    interface Feedback {
        /** The newest state of a key was dropped. */
        void lost(WatchedKey key);

        /** The listener got something. */
        void hasRoom();
    }

    private record Event(
            WatchedKey key,
            byte @Nullable [] value,
            Ballot version,
            @Nullable Ballot follows) {
        long size() {
            return 100L + key.key.length + (value == null ? 0 : value.length);
        }
    }

    /**
     * An empty queue.
     *
     * @param what is watched, as human-readable text
     */
    WatchQueue(
            NodeMemory memory,
            Scheduler scheduler,
            Executor executor,
            KeyListener listener,
            String what,
            int bound,
            Feedback feedback) {
        this.memory = memory;
        memory.add(this);
        this.scheduler = scheduler;
        this.tasks = new SerialExecutor(scheduler, executor, what);
        this.listener = listener;
        this.what = what;
        this.bound = bound;
        this.feedback = feedback;
    }

    /**
     * Calls the listener no more. May be called by any thread; {@link #forget} is to follow on
     * the loop.
     */
    void close() {
        closed.set(true);
    }

    /** Gives up what the listener will not hear. */
    void forget() {
        memory.queuedChanged(-bytes);
        memory.remove(this);
        bytes = 0;
        events.clear();
    }

    @Override
    public void deliver(WatchedKey key, byte @Nullable [] value, Ballot version, @Nullable Ballot follows) {
        if (closed.get()) {
            return;
        }
        Event event = new Event(key, value, version, follows);
        events.add(event);
        bytes += event.size();
        memory.queuedChanged(event.size());
        key.queued++;
        key.lost = false;
        if (events.size() > bound) {
            drop();
        }
        shorten();
        pump();
    }

    @Override
    public void shorten() {
        while (memory.isTooLong(bytes) && events.size() > 1) {
            drop();
        }
    }

    /** How many more states may be delivered before one is dropped. */
    int room() {
        return memory.isHalfFull(bytes) ? 0 : bound - events.size();
    }

    private void drop() {
        Event oldest = take();
        oldest.key().missedFirst = true;
        if (oldest.key().queued == 0) {
            oldest.key().lost = true;
            feedback.lost(oldest.key());
        }
    }

    private Event take() {
        Event event = events.remove();
        bytes -= event.size();
        memory.queuedChanged(-event.size());
        event.key().queued--;
        return event;
    }

    private void pump() {
        if (running || events.isEmpty() || closed.get()) {
            return;
        }
        running = true;
        List<Runnable> calls = new ArrayList<>();
        while (calls.size() < CALLS_PER_TASK && !events.isEmpty()) {
            addCalls(take(), calls);
        }
        tasks.execute(() -> run(calls));
    }

    private void addCalls(Event event, List<Runnable> calls) {
        WatchedKey key = event.key();
        Ballot delivered = key.delivered;
        boolean first = delivered.equals(Ballot.NONE);
        boolean follows = delivered.equals(event.follows()) || (first && event.follows() != null);
        if (!follows || key.missedFirst) {
            calls.add(() -> listener.onMissed(key.key, delivered, event.version()));
        }
        key.missedFirst = false;
        key.delivered = event.version();
        calls.add(() -> listener.onChange(key.key, event.value(), event.version()));
    }

    private void run(List<Runnable> calls) {
        for (Runnable call : calls) {
            if (!closed.get()) {
                run(call);
            }
        }
        scheduler.execute(() -> {
            running = false;
            pump();
            feedback.hasRoom();
        });
    }

    private void run(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            if (hasLogged.compareAndSet(false, true)) {
                log.error(
                        "the listener of {} threw: it is notified of later changes all the same, and further errors are not"
                                + " logged; fix it",
                        what,
                        e);
            }
        }
    }
}
