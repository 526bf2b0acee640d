package io.coterie.rpc.internal.nio.threads;

import io.coterie.rpc.spi.Repetition;
import io.coterie.rpc.spi.Scheduler;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads for one kind of users' code, started as they are needed. The numbers of tasks that run
 * and that wait are bounded, and a further task is rejected. A task that has run for long does not
 * count, up to a larger bound: a task that never returns must not keep the others from running.
 * Such a task is logged.
 */
final class KindThreads implements Executor {
    /** The larger bound. */
    static final int MAX_THREADS = 512;

    /** How long a task runs before it no longer counts. */
    static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * How long a task runs before it is logged, if other tasks wait for it, or would without
     * further threads.
     */
    static final long REPORTED_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final Logger log = LoggerFactory.getLogger(KindThreads.class);

    private static final int MAX_WAITING = 1024;
    private static final long IDLE_SECONDS = 10;

    private final String node;
    private final String kind;
    private final int threads;
    private final int maxThreads;
    private final Scheduler scheduler;
    private final LongSupplier nanos;
    private final Set<Worker> workers = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor pool;

    /** Whether a look is planned at the tasks that wait. */
    private final AtomicBoolean watched = new AtomicBoolean();

    private final Repetition looks;
    private Reported reported = Reported.NONE;

    /** What was logged about tasks that run for long, the worst last. */
    private enum Reported {
        NONE,
        MORE_THREADS,
        NO_MORE_THREADS
    }

    /** @param nanos a steady clock */
    KindThreads(String node, String kind, int threads, Scheduler scheduler, LongSupplier nanos) {
        this.node = node;
        this.kind = kind;
        this.threads = threads;
        this.maxThreads = Math.max(threads, MAX_THREADS);
        this.scheduler = scheduler;
        this.nanos = nanos;
        this.looks = new Repetition(scheduler, LONG_NANOS, this::look);
        String prefix = node + "-" + kind.replace(' ', '-') + "-";
        AtomicInteger count = new AtomicInteger();
        this.pool = new Pool(threads, task -> new Worker(task, prefix + count.incrementAndGet()), this::reject);
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
        if (!pool.getQueue().isEmpty() && watched.compareAndSet(false, true)) {
            // If the loop takes no task, the node is closed.
            boolean unused = scheduler.execute(() -> looks.guard(() -> looks.in(LONG_NANOS)));
        }
    }

    void close() {
        pool.shutdownNow();
    }

    private void reject(Runnable task, ThreadPoolExecutor full) {
        throw new RejectedExecutionException(
                full.isShutdown()
                        ? "the node is closed"
                        : full.getMaximumPoolSize() + " " + kind + " run and " + MAX_WAITING + " wait already");
    }

    private void look() {
        int waiting = pool.getQueue().size();
        long now = nanos.getAsLong();
        int running = 0;
        Worker longest = null;
        for (Worker worker : workers) {
            if (worker.ranFor(now) >= LONG_NANOS) {
                running++;
                longest = longest == null || worker.ranFor(now) > longest.ranFor(now) ? worker : longest;
            }
        }
        resize(Math.min(maxThreads, threads + running), waiting);
        report(running, longest, now, waiting);
        watched.set(false);
        boolean continues = !pool.getQueue().isEmpty() || pool.getMaximumPoolSize() > threads;
        if (continues && watched.compareAndSet(false, true)) {
            looks.in(LONG_NANOS);
        }
    }

    private void resize(int wanted, int waiting) {
        if (wanted > pool.getMaximumPoolSize() && waiting > 0) {
            pool.setMaximumPoolSize(wanted);
            pool.setCorePoolSize(wanted);
        } else if (wanted < pool.getMaximumPoolSize() && waiting == 0) {
            pool.setCorePoolSize(wanted);
            pool.setMaximumPoolSize(wanted);
        }
    }

    private void report(int running, @Nullable Worker longest, long now, int waiting) {
        int size = pool.getMaximumPoolSize();
        boolean full = running >= maxThreads && waiting > 0;
        if (size == threads && !full) {
            reported = Reported.NONE;
            return;
        }
        Reported next = full ? Reported.NO_MORE_THREADS : Reported.MORE_THREADS;
        if (longest != null && longest.ranFor(now) >= REPORTED_NANOS && next.compareTo(reported) > 0) {
            reported = next;
            log.warn(
                    "{}: {} {} have run for more than {} s, and each keeps a thread; {}. Let them return sooner, or do"
                            + " long work on threads of your own. The longest has run for {} s:",
                    node,
                    running,
                    kind,
                    TimeUnit.NANOSECONDS.toSeconds(LONG_NANOS),
                    full
                            ? waiting + " more wait until one returns"
                            : "others run on further threads, of which there are up to " + maxThreads,
                    TimeUnit.NANOSECONDS.toSeconds(longest.ranFor(now)),
                    ThreadStack.of(longest));
        }
    }

    /** One of the threads, which knows since when it runs its task. */
    private final class Worker extends Thread {
        private volatile boolean busy;
        private volatile long since;

        Worker(Runnable task, String name) {
            super(task, name);
            setDaemon(true);
        }

        @Override
        public void run() {
            workers.add(this);
            try {
                super.run();
            } finally {
                workers.remove(this);
            }
        }

        void begins() {
            since = nanos.getAsLong();
            busy = true;
        }

        void ends() {
            busy = false;
        }

        /** How long it has run its task, in nanoseconds; 0 if it has none. */
        long ranFor(long now) {
            long begun = since;
            return busy ? now - begun : 0;
        }
    }

    private static final class Pool extends ThreadPoolExecutor {
        Pool(int threads, ThreadFactory factory, RejectedExecutionHandler whenFull) {
            super(
                    threads,
                    threads,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(MAX_WAITING),
                    factory,
                    whenFull);
            allowCoreThreadTimeOut(true);
        }

        @Override
        protected void beforeExecute(Thread thread, Runnable task) {
            ((Worker) thread).begins();
        }

        @Override
        protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
            ((Worker) Thread.currentThread()).ends();
        }
    }
}
