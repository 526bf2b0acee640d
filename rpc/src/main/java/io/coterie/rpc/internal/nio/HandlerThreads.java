package io.coterie.rpc.internal.nio;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Where handlers that may block run unless the user gives an executor. */
public final class HandlerThreads implements Executor, AutoCloseable {
    private static final int POOL_QUEUE = 1024;

    private static final @Nullable MethodHandle VIRTUAL = findVirtual();

    private final ExecutorService threads;

    private HandlerThreads(ExecutorService threads) {
        this.threads = threads;
    }

    /**
     * A virtual thread for each task where this JVM has them (21 and later), else a pool of threads.
     *
     * @param poolThreads how many threads the pool has at most
     */
    public static HandlerThreads start(String name, int poolThreads) {
        MethodHandle virtual = VIRTUAL;
        return new HandlerThreads(virtual == null ? pool(name, poolThreads) : invoke(virtual));
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }

    /** Interrupts what runs, drops what waits, and does not wait for either. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    private static ExecutorService pool(String name, int threads) {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(POOL_QUEUE), task -> {
                    Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static @Nullable MethodHandle findVirtual() {
        try {
            return MethodHandles.publicLookup()
                    .findStatic(
                            Executors.class,
                            "newVirtualThreadPerTaskExecutor",
                            MethodType.methodType(ExecutorService.class));
        } catch (NoSuchMethodException | IllegalAccessException e) {
            return null;
        }
    }

    private static ExecutorService invoke(MethodHandle virtual) {
        try {
            return (ExecutorService) virtual.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("virtual threads are there but cannot be had", e);
        }
    }
}
