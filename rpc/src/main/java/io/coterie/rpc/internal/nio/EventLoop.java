package io.coterie.rpc.internal.nio;

import io.coterie.rpc.Scheduler;
import io.coterie.rpc.internal.DueHeap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns a node's connections and protocol state. A turn of it: what sockets bring, tasks, timers that are
 * due, then the ends of the turn (where connections write all that the turn produced).
 */
public final class EventLoop implements Scheduler, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventLoop.class);

    /** How long the loop at its end goes on with tasks that hand over tasks. */
    private static final long LAST_TASKS_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Tasks that feed on themselves must not starve sockets and timers. */
    private static final int MOST_TASKS_PER_TURN = 1000;

    private final Selector selector;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final DueHeap<Delayed> timers = new DueHeap<>();
    private final List<Runnable> turnEnds = new ArrayList<>();
    private volatile boolean asleep;
    private volatile boolean stopping;
    private volatile boolean ended;

    /** Told on the loop what a channel is ready for. */
    interface ReadyHandler {
        void onReady(SelectionKey key);
    }

    private static final class Delayed extends DueHeap.Entry {
        final Runnable task;

        Delayed(Runnable task) {
            this.task = task;
        }
    }

    private EventLoop(String name, Selector selector) {
        this.selector = selector;
        this.thread = new Thread(this::run, name);
        // A node that somebody forgot to close must not keep the process from ending.
        thread.setDaemon(true);
    }

    /** Starts a loop on a thread of that name. */
    public static EventLoop start(String name) {
        try {
            EventLoop loop = new EventLoop(name, Selector.open());
            loop.thread.start();
            return loop;
        } catch (IOException e) {
            throw new UncheckedIOException("no selector for " + name + "; are file handles used up?", e);
        }
    }

    @Override
    public boolean execute(Runnable task) {
        if (refuses()) {
            return false;
        }
        tasks.add(task);
        // The loop empties the tasks after it has said that it takes no more: this one is taken there, or back here.
        if (refuses() && tasks.remove(task)) {
            return false;
        }
        // The loop looks at the tasks once more after it has said that it sleeps, so that none is missed.
        if (asleep && !inLoop()) {
            selector.wakeup();
        }
        return true;
    }

    /** The last tasks may still hand over others; other threads would keep the loop from its end. */
    private boolean refuses() {
        return ended || (stopping && !inLoop());
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        Delayed delayed = new Delayed(task);
        timers.add(delayed, System.nanoTime() + Math.max(0, delayNanos));
        return () -> timers.remove(delayed);
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    /** Has a task run at the end of each turn. Only to be called on the loop. */
    void atTurnEnd(Runnable task) {
        turnEnds.add(task);
    }

    /** Registers a channel. Only to be called on the loop. */
    SelectionKey register(SelectableChannel channel, int interest, ReadyHandler handler) throws ClosedChannelException {
        return channel.register(selector, interest, handler);
    }

    /** Runs the tasks handed over so far, takes no more, ends the thread, and waits for that unless it is the caller. */
    @Override
    public void close() {
        stopping = true;
        selector.wakeup();
        boolean interrupted = false;
        while (!inLoop() && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!stopping) {
            select();
            runTasks();
            runTimers();
            endTurn();
        }
        runLastTasks();
        try {
            // Also frees the ports of channels that were closed but not yet deregistered.
            selector.close();
        } catch (IOException e) {
            log.warn(
                    "{}: its selector cannot be closed; file handles may leak until the process ends",
                    thread.getName(),
                    e);
        }
    }

    private void select() {
        try {
            Delayed first = timers.first();
            long wait = first == null ? Long.MAX_VALUE : first.due() - System.nanoTime();
            asleep = true;
            if (wait <= 0 || stopping || !tasks.isEmpty()) {
                selector.selectNow();
            } else {
                // Rounded up: to wake too early would mean to spin until the time has come.
                selector.select(first == null ? 0 : TimeUnit.NANOSECONDS.toMillis(wait - 1) + 1);
            }
            asleep = false;
            for (SelectionKey key : selector.selectedKeys()) {
                ReadyHandler handler = (ReadyHandler) key.attachment();
                guard(() -> handler.onReady(key));
            }
            selector.selectedKeys().clear();
        } catch (IOException e) {
            asleep = false;
            log.error("{}: waiting for sockets failed; if this goes on, restart the process", thread.getName(), e);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private void runTasks() {
        for (int left = MOST_TASKS_PER_TURN; left > 0; left--) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            guard(task);
        }
    }

    /** Leaves no task that was taken. */
    private void runLastTasks() {
        long end = System.nanoTime() + LAST_TASKS_NANOS;
        while (!tasks.isEmpty() && System.nanoTime() - end < 0) {
            guard(tasks.remove());
        }
        ended = true;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            guard(task);
        }
    }

    private void runTimers() {
        long now = System.nanoTime();
        Delayed first = timers.first();
        while (first != null && first.due() - now <= 0) {
            timers.remove(first);
            guard(first.task);
            first = timers.first();
        }
    }

    private void endTurn() {
        for (Runnable end : turnEnds) {
            guard(end);
        }
    }

    private void guard(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            log.error(
                    "{}: a task threw, which it must not; the loop goes on. Report this with its stack trace",
                    thread.getName(),
                    e);
        }
    }
}
