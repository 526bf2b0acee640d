package io.coterie.rpc.internal.nio;

import io.coterie.rpc.IdleStrategy;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns a node's connections and protocol state. A turn of it: what sockets bring, tasks, timers that are
 * due, then the ends of the turn (where connections write all that the turn produced).
 */
public final class EventLoop implements Scheduler, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventLoop.class);

    private final Selector selector;
    private final Thread thread;
    private final SpinBudget spin;
    private final Consumer<SelectionKey> ready = this::onReady;
    private final DueHeap<Delayed> timers = new DueHeap<>();
    private final List<Runnable> turnEnds = new ArrayList<>();
    private final LoopTasks tasks = new LoopTasks(this::guard);

    /** Set by the loop before it sleeps, and reset by the one who wakes it: one wakeup for each sleep is enough. */
    private final AtomicBoolean asleep = new AtomicBoolean();

    private volatile boolean stopping;
    private long sleeps;

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

    private EventLoop(String name, Selector selector, IdleStrategy idle) {
        this.selector = selector;
        this.spin = new SpinBudget(idle.longestSpin().toNanos());
        this.thread = new Thread(this::run, name);
        // A node that somebody forgot to close must not keep the process from ending.
        thread.setDaemon(true);
    }

    /** Starts a loop that sleeps when there is nothing to do, on a thread of that name. */
    public static EventLoop start(String name) {
        return start(name, IdleStrategy.block());
    }

    /** Starts a loop on a thread of that name. */
    public static EventLoop start(String name, IdleStrategy idle) {
        try {
            return start(name, idle, Selector.open());
        } catch (IOException e) {
            throw new UncheckedIOException("no selector for " + name + "; are file handles used up?", e);
        }
    }

    static EventLoop start(String name, IdleStrategy idle, Selector selector) {
        EventLoop loop = new EventLoop(name, selector, idle);
        loop.thread.start();
        return loop;
    }

    @Override
    public boolean execute(Runnable task) {
        if (inLoop()) {
            return tasks.offerHere(task);
        }
        if (stopping || !tasks.offer(task)) {
            return false;
        }
        // The loop looks at the tasks once more after it has said that it sleeps, so that none is missed.
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            selector.wakeup();
        }
        return true;
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

    /** Whether it waits for something to do and need be woken. */
    boolean asleep() {
        return asleep.get();
    }

    /** How often it went to sleep. Only to be called on the loop. */
    long sleeps() {
        return sleeps;
    }

    private void run() {
        while (!stopping) {
            select();
            tasks.run();
            runTimers();
            endTurn();
        }
        tasks.runLast();
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
            if (!tasks.isEmpty()) {
                selector.selectNow(ready);
            } else {
                awaitWork();
            }
        } catch (IOException e) {
            log.error("{}: waiting for sockets failed; if this goes on, restart the process", thread.getName(), e);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private void awaitWork() throws IOException {
        long now = System.nanoTime();
        if (spin.nanos() > 0) {
            if (poll(now)) {
                return;
            }
            now = System.nanoTime();
        }
        long wait = untilFirstTimer(now);
        if (wait <= 0) {
            selector.selectNow(ready);
        } else if (sleep(wait) && spin.adapts()) {
            spin.woken(System.nanoTime() - now);
        }
    }

    /** Polls for a while, and says whether the turn is to go on without a sleep. */
    private boolean poll(long start) throws IOException {
        long most = Math.min(spin.nanos(), untilFirstTimer(start));
        long spun;
        do {
            if (selector.selectNow(ready) > 0 || !tasks.isEmpty()) {
                spin.paid();
                return true;
            }
            if (stopping) {
                return true;
            }
            Thread.onSpinWait();
            spun = System.nanoTime() - start;
        } while (spun < most);
        spin.vain(spun);
        return false;
    }

    /** Sleeps until there is work or the time is over, and says whether it was work. */
    private boolean sleep(long wait) throws IOException {
        asleep.set(true);
        if (stopping || !tasks.isEmpty()) {
            asleep.set(false);
            selector.selectNow(ready);
            return true;
        }
        sleeps++;
        try {
            // Rounded up: to wake too early would mean to spin until the time has come.
            long millis = wait == Long.MAX_VALUE ? 0 : TimeUnit.NANOSECONDS.toMillis(wait - 1) + 1;
            return selector.select(ready, millis) > 0 || !tasks.isEmpty();
        } finally {
            asleep.set(false);
        }
    }

    private long untilFirstTimer(long now) {
        Delayed first = timers.first();
        return first == null ? Long.MAX_VALUE : first.due() - now;
    }

    private void onReady(SelectionKey key) {
        if (asleep.get()) {
            // The first one after a sleep: what is handed over from here on is seen without a wakeup.
            asleep.set(false);
        }
        try {
            // One that came before may have closed it.
            if (key.isValid()) {
                ((ReadyHandler) key.attachment()).onReady(key);
            }
        } catch (Throwable e) {
            report(e);
        }
    }

    private void runTimers() {
        Delayed first = timers.first();
        if (first == null) {
            return;
        }
        long now = System.nanoTime();
        while (first != null && first.due() - now <= 0) {
            timers.remove(first);
            guard(first.task);
            first = timers.first();
        }
    }

    private void endTurn() {
        // By index: an iterator would be garbage of every turn.
        for (int i = 0; i < turnEnds.size(); i++) {
            guard(turnEnds.get(i));
        }
    }

    private void guard(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            report(e);
        }
    }

    private void report(Throwable error) {
        log.error(
                "{}: a task threw, which it must not; the loop goes on. Report this with its stack trace",
                thread.getName(),
                error);
    }
}
