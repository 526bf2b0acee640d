package io.coterie.rpc.internal.nio;

import io.coterie.rpc.Repetition;
import io.coterie.rpc.Scheduler;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads for one kind of users' code, started as they are needed. So many tasks run and so many wait; a further one is
 * rejected. Says in the log when those that run let none of those that wait begin.
 */
final class KindThreads implements Executor {
    private static final Logger log = LoggerFactory.getLogger(KindThreads.class);

    private static final int MAX_WAITING = 1024;
    private static final long IDLE_SECONDS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String node;
    private final String kind;
    private final Scheduler scheduler;
    private final ThreadPoolExecutor pool;

    /** Whether somebody looks after some time whether those that wait could begin. */
    private final AtomicBoolean watched = new AtomicBoolean();

    private final Repetition looks;
    private long endedBefore;
    private boolean complained;

    KindThreads(String node, String kind, int threads, Scheduler scheduler) {
        this.node = node;
        this.kind = kind;
        this.scheduler = scheduler;
        this.looks = new Repetition(scheduler, PATIENCE.toNanos(), this::look);
        String prefix = node + "-" + kind.replace(' ', '-') + "-";
        AtomicInteger count = new AtomicInteger();
        this.pool = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MAX_WAITING),
                task -> {
                    Thread thread = new Thread(task, prefix + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                (task, full) -> {
                    throw new RejectedExecutionException(
                            full.isShutdown()
                                    ? "the node is closed"
                                    : threads + " " + kind + " run and " + MAX_WAITING + " wait already");
                });
        pool.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
        if (!pool.getQueue().isEmpty() && watched.compareAndSet(false, true)) {
            // A loop that takes no more is that of a closed node.
            boolean unused = scheduler.execute(() -> looks.guard(this::lookLater));
        }
    }

    void close() {
        pool.shutdownNow();
    }

    private void lookLater() {
        endedBefore = pool.getCompletedTaskCount();
        looks.in(PATIENCE.toNanos());
    }

    private void look() {
        int waiting = pool.getQueue().size();
        boolean stuck = waiting > 0
                && pool.getActiveCount() == pool.getMaximumPoolSize()
                && pool.getCompletedTaskCount() == endedBefore;
        if (stuck && !complained) {
            log.warn(
                    "{}: {} {} run, which is as many as may, and none returned for {} s; {} more wait, and none of them is"
                            + " called until one returns: let them return sooner, or give the node an executor with more"
                            + " threads",
                    node,
                    pool.getMaximumPoolSize(),
                    kind,
                    PATIENCE.toSeconds(),
                    waiting);
        }
        complained = stuck;
        watched.set(false);
        if (!pool.getQueue().isEmpty() && watched.compareAndSet(false, true)) {
            lookLater();
        }
    }
}
