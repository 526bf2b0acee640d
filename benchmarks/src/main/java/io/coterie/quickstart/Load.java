package io.coterie.quickstart;

import io.coterie.Coterie;
import io.coterie.Counters;
import io.coterie.Store;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.codec.Codec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many callers at once, on a client of the cluster. */
final class Load implements AutoCloseable {
    static final int CALLERS = 32;
    static final String COUNTER = "taken";

    private static final Duration OPENING = Duration.ofSeconds(60);

    private final Counters<String> counters;
    private final Meter meter = new Meter();
    private final List<Caller> callers = new ArrayList<>();
    private final List<Future<Caller.Written>> writing = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(CALLERS, task -> {
        Thread thread = new Thread(task, "caller");
        thread.setDaemon(true);
        return thread;
    });

    /** Opens the stores, and waits until a majority of the replicas has recorded them. */
    Load(Coterie client) {
        Store<String, String> orders = client.store("orders", Codec.utf8(), Codec.utf8(), Consistency.strong());
        counters = client.counters("counters", Codec.utf8());
        orders.awaitReady(OPENING);
        counters.awaitReady(OPENING);
        Values values = new Values();
        for (int i = 1; i <= CALLERS; i++) {
            callers.add(new Caller("order-" + i, values, orders, counters, meter));
        }
    }

    void start() {
        callers.forEach(caller -> writing.add(threads.submit(caller::write)));
    }

    Meter meter() {
        return meter;
    }

    /** The pauses since {@link Meter#watchPauses}. */
    Meter.Pauses pauses() {
        long now = System.nanoTime();
        long longest = 0;
        for (Caller caller : callers) {
            longest = Math.max(longest, now - caller.begin());
        }
        return meter.pauses(now - longest);
    }

    /** Ends the writing, and waits for the operations in flight. */
    Caller.Written stop() {
        callers.forEach(Caller::stop);
        return writing.stream().map(Load::await).reduce(Caller.Written.NOTHING, Caller.Written::plus);
    }

    /** Reads every acknowledged key, with all callers at once. */
    Caller.Found readBack() {
        List<Future<Caller.Found>> reading = new ArrayList<>();
        for (Caller caller : callers) {
            Callable<Caller.Found> task = caller::readBack;
            reading.add(threads.submit(task));
        }
        return reading.stream().map(Load::await).reduce(Caller.Found.NOTHING, Caller.Found::plus);
    }

    long counter() {
        return counters.get(COUNTER);
    }

    @Override
    public void close() {
        callers.forEach(Caller::stop);
        threads.shutdownNow();
    }

    private static <T> T await(Future<T> task) {
        try {
            return task.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("a caller did not end", e);
        }
    }
}
