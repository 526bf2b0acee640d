package io.coterie.chaos.callers;

import io.coterie.rpc.error.CoterieException;
import io.coterie.simulation.history.Op;
import io.coterie.simulation.history.Operation;
import io.coterie.simulation.history.Outcome;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A caller at a node. It does one operation after the other on keys that others use too, and logs
 * each answer. All its values are its own, so that each value in a history shows who wrote it.
 */
final class ChaosCaller {
    private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

    private final String process;
    private final Stores stores;
    private final SharedKeys keys;
    private final HistoryLog log;
    private final SplittableRandom random;
    private final Map<String, String> lastSeen = new HashMap<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private int operations;

    /**
     * A caller that has not begun.
     *
     * @param process its name, which no other caller has or ever had
     */
    ChaosCaller(String process, Stores stores, SharedKeys keys, HistoryLog log, long seed) {
        this.process = process;
        this.stores = stores;
        this.keys = keys;
        this.log = log;
        this.random = new SplittableRandom(seed ^ process.hashCode());
    }

    /** Calls until {@link #stop}. */
    void run() throws InterruptedException {
        while (!stopping.await(random.nextLong(MAX_PAUSE_NANOS), TimeUnit.NANOSECONDS)) {
            operations++;
            boolean counts = random.nextInt(5) == 0;
            String key = counts ? keys.counter(random) : keys.register(random);
            execute(key, counts ? drawForCounter() : drawForRegister(key));
        }
    }

    /** Safe for use by any thread. */
    void stop() {
        stopping.countDown();
    }

    /**
     * Reads keys, each until it is answered. Returns those without an answer by the deadline, which
     * is a time of {@link System#nanoTime}.
     */
    Set<String> readBack(Collection<String> wanted, long deadline) {
        Set<String> left = new LinkedHashSet<>(wanted);
        while (!left.isEmpty() && System.nanoTime() - deadline < 0) {
            left.removeIf(key -> execute(key, new Op.Read()) == Outcome.OK);
        }
        return left;
    }

    private Outcome execute(String key, Op op) {
        Operation asked = new Operation(process, key, op, System.nanoTime(), Operation.NEVER, Outcome.UNKNOWN, null);
        log.invoked(asked);
        Outcome outcome;
        String result = null;
        try {
            result = call(key, op);
            outcome = Outcome.OK;
        } catch (CoterieException e) {
            outcome = e.maybeExecuted() ? Outcome.UNKNOWN : Outcome.FAILED;
        }
        long returned = outcome == Outcome.UNKNOWN ? Operation.NEVER : System.nanoTime();
        log.returned(new Operation(process, key, op, asked.invoked(), returned, outcome, result));
        return outcome;
    }

    private Op drawForCounter() {
        return random.nextInt(10) < 3 ? new Op.Read() : new Op.AddAndGet(1 + random.nextInt(3));
    }

    private Op drawForRegister(String key) {
        String value = process + "-" + operations;
        int kind = random.nextInt(100);
        if (kind < 35) {
            return new Op.Read();
        } else if (kind < 55) {
            return new Op.Write(value);
        } else if (kind < 75) {
            return new Op.CompareAndSet(lastSeen.getOrDefault(key, "never"), value);
        } else if (kind < 83) {
            return new Op.PutIfAbsent(value);
        } else if (kind < 92) {
            return new Op.Append(value + ";");
        }
        return new Op.Delete();
    }

    /** Returns the result as {@link Op} describes it. */
    private String call(String key, Op op) {
        if (SharedKeys.isCounter(key)) {
            long value = op instanceof Op.AddAndGet add
                    ? stores.counters().addAndGet(key, add.delta())
                    : stores.counters().get(key);
            return value == 0 ? null : Long.toString(value);
        } else if (op instanceof Op.Write write) {
            stores.registers().put(key, write.value());
            return see(key, write.value(), null);
        } else if (op instanceof Op.CompareAndSet cas) {
            boolean set = stores.registers().compareAndSet(key, cas.expected(), cas.next());
            return set ? see(key, cas.next(), "true") : "false";
        } else if (op instanceof Op.PutIfAbsent put) {
            return Boolean.toString(stores.registers().putIfAbsent(key, put.value()));
        } else if (op instanceof Op.Append append) {
            String longer = stores.registers().update(key, before -> (before == null ? "" : before) + append.text());
            return see(key, longer, longer);
        } else if (op instanceof Op.Delete) {
            stores.registers().delete(key);
            return see(key, null, null);
        }
        String value = stores.registers().get(key);
        return see(key, value, value);
    }

    private String see(String key, String value, String result) {
        if (value == null) {
            lastSeen.remove(key);
        } else {
            lastSeen.put(key, value);
        }
        return result;
    }
}
