package io.coterie.rpc.internal.nio.loop;

import io.coterie.rpc.IdleStrategy;
import io.coterie.rpc.spi.Scheduler;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns a node's connections and protocol state. A turn handles sockets that are
 * ready, then tasks, then timers that are due, and then the turn's end, at which connections write
 * what the turn produced.
 *
 * <p>What a task, a timer or the handler of a channel throws ends that alone, even if memory ran
 * out. A loop whose turns fail one after the other gives up, and notifies its listener.
 */
public final class EventLoop implements Scheduler, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventLoop.class);

    /**
     * How many turns may fail one after the other, with a pause after each: some ten seconds, in
     * which memory may come free.
     */
    static final int MAX_BAD_TURNS = 100;

    private static final long BAD_TURN_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /**
     * After a turn with so many frames, more are probably on their way. A sleep and a wakeup for
     * each round trip would take more time than the frames do, and if both ends slept, each would
     * wait for the other.
     */
    static final int MANY_FRAMES = 16;

    /** About the time that a wakeup takes, so a poll without success costs no more than that. */
    private static final long MAX_POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private final Selector selector;
    private final Thread thread;
    private final SpinBudget spin;
    private final SpinBudget poll = new SpinBudget(MAX_POLL_NANOS);
    private final long badTurnPauseNanos;
    private final Consumer<SelectionKey> ready = this::onReady;
    private final LoopTimers timers = new LoopTimers(this::guard);
    private final List<Runnable> turnEnds = new ArrayList<>();
    private final LoopTasks tasks = new LoopTasks(this::guard);

    /**
     * Set by the loop before it sleeps, and reset by the thread that wakes it: one wakeup for each
     * sleep is enough.
     */
    private final AtomicBoolean asleep = new AtomicBoolean();

    /** Counts the turns, so that other threads see whether it runs. Written by the loop only. */
    private final AtomicLong beats = new AtomicLong();

    /** What the running task takes long for, if it may; else null. Written by the loop only. */
    private volatile @Nullable String longTask;

    private volatile Consumer<Throwable> onGivingUp = failure -> {};
    private volatile boolean stopping;
    private long sleeps;
    private int badTurns;
    private int frames;

    /** Called on the loop when a channel is ready. */
    public interface ReadyHandler {
        void onReady(SelectionKey key);
    }

    private EventLoop(String name, Selector selector, IdleStrategy idle, long badTurnPauseNanos) {
        this.badTurnPauseNanos = badTurnPauseNanos;
        this.selector = selector;
        this.spin = new SpinBudget(idle.maxSpin().toNanos());
        this.thread = new Thread(this::run, name);
        // A node that was not closed must not keep the process alive.
        thread.setDaemon(true);
    }

    /** Starts a loop that does not poll, on a thread of that name. */
    static EventLoop start(String name) {
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
        return start(name, idle, selector, BAD_TURN_PAUSE_NANOS);
    }

    static EventLoop start(String name, IdleStrategy idle, Selector selector, long badTurnPauseNanos) {
        EventLoop loop = new EventLoop(name, selector, idle, badTurnPauseNanos);
        loop.thread.start();
        LoopWatchdog.add(loop);
        return loop;
    }

    /**
     * Sets the listener for the case that the loop cannot continue. It is called on the loop, with
     * the reason, before the loop ends. It must end what depends on the loop; timers no longer run.
     */
    public void whenGivingUp(Consumer<Throwable> listener) {
        onGivingUp = listener;
    }

    @Override
    public boolean execute(Runnable task) {
        if (inLoop()) {
            return tasks.offerHere(task);
        }
        if (stopping || !tasks.offer(task)) {
            return false;
        }
        // The loop looks at the tasks once more after it has set the flag, so that none is missed.
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            selector.wakeup();
        }
        return true;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        return timers.schedule(delayNanos, task);
    }

    @Override
    public void beginLongTask(String what) {
        if (inLoop()) {
            longTask = what;
        }
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    /** Runs a task at the end of each turn from now on. Called on the loop only. */
    public void atTurnEnd(Runnable task) {
        turnEnds.add(task);
    }

    /** Registers a channel. Called on the loop only. */
    public SelectionKey register(SelectableChannel channel, int interest, ReadyHandler handler)
            throws ClosedChannelException {
        return channel.register(selector, interest, handler);
    }

    /**
     * Runs the tasks handed over so far, accepts no more, and ends the thread. It waits for that,
     * unless it is called on the loop. A task that blocks the loop for too long is interrupted. If
     * that does not help, the connections are closed, and the thread is left running.
     */
    @Override
    public void close() {
        stopping = true;
        selector.wakeup();
        if (!inLoop()) {
            LoopEnd.await(thread, selector);
        }
    }

    String name() {
        return thread.getName();
    }

    Thread thread() {
        return thread;
    }

    /**
     * A number that changes with each turn, and stays while the loop is blocked or sleeps. May be
     * called by any thread.
     */
    long beats() {
        return beats.get();
    }

    /** Whether it sleeps, and must be woken. */
    boolean asleep() {
        return asleep.get();
    }

    /** What the running task takes long for, if it may; else null. May be called by any thread. */
    @Nullable
    String longTask() {
        return longTask;
    }

    /** Counts a frame that came in this turn. Called on the loop only. */
    public void frameCame() {
        frames++;
    }

    /** How often it went to sleep. Called on the loop only. */
    long sleeps() {
        return sleeps;
    }

    private void run() {
        rehearse();
        while (!stopping) {
            Throwable problem = null;
            try {
                turn();
            } catch (Throwable e) {
                problem = e;
            }
            // Not in the catch block above, which must not need memory: perhaps memory ran out.
            tryToJudge(problem);
        }
        try {
            tasks.runLast();
        } finally {
            end();
        }
    }

    /**
     * The first catch in a class may need memory itself, so one happens here, before memory runs
     * out.
     */
    private static void rehearse() {
        try {
            throw new IllegalStateException("a rehearsal");
        } catch (Throwable e) {
            return;
        }
    }

    private void end() {
        LoopWatchdog.remove(this);
        try {
            // Also frees the ports of channels that were closed but not yet deregistered.
            selector.close();
        } catch (IOException e) {
            log.warn("{}: its selector cannot be closed; file handles may leak until the process ends", name(), e);
        }
    }

    private void turn() throws IOException {
        try {
            beat();
            select();
        } finally {
            // Also if the sockets fail: timeouts must not depend on them.
            tasks.run();
            timers.run();
            endTurn();
        }
    }

    private void tryToJudge(@Nullable Throwable problem) {
        try {
            judge(problem);
        } catch (Throwable e) {
            // It is judged again after the next turn.
            return;
        }
    }

    private void judge(@Nullable Throwable problem) {
        if (problem == null) {
            badTurns = 0;
        } else if (!stopping) {
            badTurns++;
            if (badTurns < MAX_BAD_TURNS) {
                LockSupport.parkNanos(badTurnPauseNanos);
            } else {
                giveUp(problem);
            }
            if (badTurns == 1) {
                log.error(
                        "{}: a turn of the loop failed; it continues, and ends its node if that happens {} times in a row",
                        name(),
                        MAX_BAD_TURNS,
                        problem);
            }
        }
    }

    private void giveUp(Throwable problem) {
        stopping = true;
        try {
            onGivingUp.accept(problem);
        } finally {
            log.error(
                    "{}: the loop cannot continue, and its node has ended: restart the process, with more memory or file"
                            + " handles if those ran out",
                    name(),
                    problem);
        }
    }

    private void beat() {
        if (longTask != null) {
            longTask = null;
        }
        beats.lazySet(beats.getPlain() + 1);
    }

    private void select() throws IOException {
        SpinBudget budget = frames >= MANY_FRAMES && !spin.adapts() ? poll : spin;
        frames = 0;
        if (!tasks.isEmpty()) {
            selector.selectNow(ready);
        } else {
            awaitWork(budget);
        }
    }

    private void awaitWork(SpinBudget budget) throws IOException {
        long now = System.nanoTime();
        if (budget.nanos() > 0) {
            if (poll(now, budget)) {
                return;
            }
            now = System.nanoTime();
        }
        long wait = timers.untilFirst(now);
        if (wait <= 0) {
            selector.selectNow(ready);
        } else if (sleep(wait) && budget.adapts()) {
            budget.woken(System.nanoTime() - now);
        }
    }

    /**
     * Polls for a while. Returns whether the turn continues without a sleep. It yields in between:
     * another thread that wants the processor may be the one that this waits for.
     */
    @SuppressWarnings("ThreadPriorityCheck") // Nothing but speed rests on the yield.
    private boolean poll(long start, SpinBudget budget) throws IOException {
        long most = Math.min(budget.nanos(), timers.untilFirst(start));
        long spun;
        do {
            if (selector.selectNow(ready) > 0 || !tasks.isEmpty()) {
                budget.paid();
                return true;
            }
            if (stopping) {
                return true;
            }
            beat();
            Thread.yield();
            spun = System.nanoTime() - start;
        } while (spun < most);
        budget.vain(spun);
        return false;
    }

    /** Sleeps until there is work or the time is over. Returns whether there is work. */
    private boolean sleep(long wait) throws IOException {
        asleep.set(true);
        if (stopping || !tasks.isEmpty()) {
            asleep.set(false);
            selector.selectNow(ready);
            return true;
        }
        sleeps++;
        try {
            // Rounded up: after an early wakeup the loop would spin until the time has come.
            long millis = wait == Long.MAX_VALUE ? 0 : TimeUnit.NANOSECONDS.toMillis(wait - 1) + 1;
            return selector.select(ready, millis) > 0 || !tasks.isEmpty();
        } finally {
            asleep.set(false);
        }
    }

    private void onReady(SelectionKey key) {
        if (asleep.get()) {
            // The first one after a sleep: tasks that are handed over from here on need no wakeup.
            asleep.set(false);
        }
        try {
            // An earlier handler may have closed it.
            if (key.isValid()) {
                ((ReadyHandler) key.attachment()).onReady(key);
            }
        } catch (Throwable e) {
            report(e);
        }
    }

    private void endTurn() {
        // By index, because an iterator would be garbage in each turn.
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
        try {
            log.error(
                    "{}: a task threw, but it must not; the loop continues. Report this with its stack trace",
                    name(),
                    error);
        } catch (Throwable e) {
            // Perhaps memory ran out. To keep the loop running matters more than the log line.
            return;
        }
    }
}
