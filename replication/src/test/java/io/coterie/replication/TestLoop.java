package io.coterie.replication;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.Scheduler;
import io.coterie.rpc.spi.World;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** A loop that the test's own thread turns. */
public final class TestLoop implements Scheduler {
    /** Each loop draws other numbers, as real ones do. */
    private static final AtomicLong SEEDS = new AtomicLong();

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final SplittableRandom random = new SplittableRandom(SEEDS.incrementAndGet());

    /** A loop of which nothing was asked. */
    public TestLoop() {}

    public World world() {
        Clock clock = new Clock() {
            @Override
            public long nanos() {
                throw new AssertionError("a journal reads no clock");
            }

            @Override
            public long wallMillis() {
                throw new AssertionError("a journal reads no clock");
            }
        };
        return new World(clock, this, random::nextLong);
    }

    /** Runs what is there, and what that brings; returns whether there was anything. */
    public boolean drain() {
        boolean any = false;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
            any = true;
        }
        return any;
    }

    /** Runs tasks as they come from other threads, until the condition holds. */
    public void runUntil(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Runnable task = tasks.poll(30, TimeUnit.SECONDS);
            assertNotNull(task, "nothing came for 30 s");
            task.run();
        }
    }

    @Override
    public boolean execute(Runnable task) {
        return tasks.add(task);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        throw new AssertionError("a journal needs no timer");
    }

    @Override
    public boolean inLoop() {
        return true;
    }
}
