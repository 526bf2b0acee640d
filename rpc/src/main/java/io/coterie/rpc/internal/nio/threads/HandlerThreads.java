package io.coterie.rpc.internal.nio.threads;

import io.coterie.rpc.spi.Scheduler;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads for users' code that may block, unless the user gives an executor. Code of one kind
 * never waits for code of another. Each task has a virtual thread if this JVM has them (21 and
 * later). Otherwise each kind has threads of its own, and more in place of those that do not come
 * free.
 */
public final class HandlerThreads implements AutoCloseable {
    private static final @Nullable MethodHandle VIRTUAL = findVirtual();

    private final String name;
    private final Scheduler scheduler;
    private final int threadsOfAKind;
    private final LongSupplier nanos;
    private final @Nullable ExecutorService virtual;
    private final Map<String, KindThreads> kinds = new LinkedHashMap<>();
    private boolean closed;

    private HandlerThreads(
            String name,
            Scheduler scheduler,
            int threadsOfAKind,
            LongSupplier nanos,
            @Nullable ExecutorService virtual) {
        this.name = name;
        this.scheduler = scheduler;
        this.threadsOfAKind = threadsOfAKind;
        this.nanos = nanos;
        this.virtual = virtual;
    }

    /**
     * Makes the threads of a node. No thread starts before there is a task.
     *
     * @param threadsOfAKind how many threads a kind of code has if there are no virtual ones,
     *     without those whose task has run for long
     */
    public static HandlerThreads start(String name, Scheduler scheduler, int threadsOfAKind) {
        MethodHandle virtual = VIRTUAL;
        return new HandlerThreads(
                name, scheduler, threadsOfAKind, System::nanoTime, virtual == null ? null : invoke(virtual));
    }

    /** Makes the threads without virtual ones, even if this JVM has them. */
    static HandlerThreads startPlatform(String name, Scheduler scheduler, int threadsOfAKind, LongSupplier nanos) {
        return new HandlerThreads(name, scheduler, threadsOfAKind, nanos, null);
    }

    /**
     * The executor for code of a kind, such as "watch listeners". It is always the same for a kind.
     */
    public Executor of(String kind) {
        return of(kind, threadsOfAKind);
    }

    /**
     * The executor for a kind with a bound of its own.
     *
     * @param threads how many threads this kind has; the first call for the kind sets it
     */
    public synchronized Executor of(String kind, int threads) {
        if (virtual != null) {
            return virtual;
        }
        KindThreads known = kinds.get(kind);
        if (known == null) {
            known = new KindThreads(name, kind, threads, scheduler, nanos);
            kinds.put(kind, known);
            if (closed) {
                known.close();
            }
        }
        return known;
    }

    /** Interrupts running tasks and drops waiting ones. Does not wait for their end. */
    @Override
    public synchronized void close() {
        closed = true;
        if (virtual != null) {
            virtual.shutdownNow();
        }
        kinds.values().forEach(KindThreads::close);
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
