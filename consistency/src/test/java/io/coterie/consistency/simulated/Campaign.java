package io.coterie.consistency.simulated;

import io.coterie.simulation.history.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs many seeds on all processors, prints now and then how far it is, and stops at the first that
 * fails.
 */
final class Campaign {
    private static final long NANOS_BETWEEN_LINES = TimeUnit.SECONDS.toNanos(10);

    private final LongFunction<SimulatedRun> check;
    private final long first;
    private final long count;
    private final AtomicLong begun = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final long started = System.nanoTime();
    private long nextLine = started + NANOS_BETWEEN_LINES;
    private long seeds;
    private long withoutClients;
    private long operations;
    private long answers;
    private long simulatedNanos;

    /**
     * A campaign that has not begun.
     *
     * @param check runs a seed, and throws if something does not hold in it
     */
    Campaign(LongFunction<SimulatedRun> check, long first, long count) {
        this.check = check;
        this.first = first;
        this.count = count;
    }

    /** Runs it to its end, or to the first seed that fails, whose failure is thrown. */
    void run() throws InterruptedException {
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            Thread worker = new Thread(this::work, "campaign-" + i);
            worker.start();
            workers.add(worker);
        }
        for (Thread worker : workers) {
            worker.join();
        }
        Throwable failed = failure.get();
        print(failed == null ? "no violation" : "stopped at the first violation");
        if (failed != null) {
            throw new AssertionError(failed.getMessage(), failed);
        }
    }

    /** How many seeds were run to their end without a failure. */
    synchronized long seeds() {
        return seeds;
    }

    /**
     * How many of those proved little, as their clients opened when the faults were all but over.
     */
    synchronized long withoutClients() {
        return withoutClients;
    }

    private void work() {
        for (long i = begun.getAndIncrement(); i < count && failure.get() == null; i = begun.getAndIncrement()) {
            try {
                done(check.apply(first + i));
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            }
        }
    }

    private synchronized void done(SimulatedRun run) {
        seeds++;
        withoutClients += StrongSeed.hadClientsInTime(run) ? 0 : 1;
        operations += run.history().operations().size();
        answers += run.history().count(Outcome.OK);
        simulatedNanos += run.simulation().nanos();
        if (System.nanoTime() - nextLine > 0) {
            nextLine += NANOS_BETWEEN_LINES;
            print("no violation so far");
        }
    }

    private synchronized void print(String verdict) {
        double seconds = (System.nanoTime() - started) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%d of %d seeds from %d, %d of them without clients in time, %.1f seeds/s, %.1f simulated hours,"
                        + " %d operations checked, %d of them answered: %s%n",
                seeds,
                count,
                first,
                withoutClients,
                seeds / seconds,
                simulatedNanos / 3.6e12,
                operations,
                answers,
                verdict);
    }
}
