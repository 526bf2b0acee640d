package io.coterie.quickstart;

import io.coterie.Counters;
import io.coterie.Store;
import io.coterie.rpc.error.CoterieException;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread that calls the cluster and waits for each answer: nine new keys, then one step of a
 * counter that all callers share. It remembers what was acknowledged.
 */
final class Caller {
    private static final int STEP_EVERY = 10;
    private static final long PAUSE_AFTER_FAILURE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final String name;
    private final Values values;
    private final Store<String, String> orders;
    private final Counters<String> counters;
    private final Meter meter;
    private final BitSet acknowledgedKeys = new BitSet();
    private int acknowledgedSteps;
    private int unknownSteps;
    private int sequence;
    private volatile long begin = System.nanoTime();
    private volatile boolean stopping;

    Caller(String name, Values values, Store<String, String> orders, Counters<String> counters, Meter meter) {
        this.name = name;
        this.values = values;
        this.orders = orders;
        this.counters = counters;
        this.meter = meter;
    }

    /**
     * What must be found in the cluster.
     *
     * @param unknownSteps steps of the counter that may have been taken or not
     */
    record Written(int keys, int steps, int unknownSteps) {
        static final Written NOTHING = new Written(0, 0, 0);

        Written plus(Written other) {
            return new Written(keys + other.keys, steps + other.steps, unknownSteps + other.unknownSteps);
        }
    }

    /** What became of acknowledged keys: right, lost, or with a value that nobody wrote to them. */
    record Found(int right, int lost, int wrong) {
        static final Found NOTHING = new Found(0, 0, 0);

        Found plus(Found other) {
            return new Found(right + other.right, lost + other.lost, wrong + other.wrong);
        }
    }

    /** When the operation in flight began. Safe for use by any thread, as {@link #stop} is. */
    long begin() {
        return begin;
    }

    /** Makes {@link #write} return once its operation in flight has ended. */
    void stop() {
        stopping = true;
    }

    Written write() {
        while (!stopping) {
            sequence++;
            begin = System.nanoTime();
            if (sequence % STEP_EVERY == 0) {
                step();
            } else {
                put();
            }
        }
        return new Written(acknowledgedKeys.cardinality(), acknowledgedSteps, unknownSteps);
    }

    Found readBack() {
        int right = 0;
        int lost = 0;
        int wrong = 0;
        for (int i = acknowledgedKeys.nextSetBit(0); i >= 0; i = acknowledgedKeys.nextSetBit(i + 1)) {
            String value = orders.get(key(i));
            if (value == null) {
                lost++;
            } else if (value.equals(values.of(key(i)))) {
                right++;
            } else {
                wrong++;
            }
        }
        return new Found(right, lost, wrong);
    }

    private void put() {
        try {
            orders.put(key(sequence), values.of(key(sequence)));
            acknowledgedKeys.set(sequence);
            meter.acknowledge(begin);
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void step() {
        try {
            counters.addAndGet(Load.COUNTER, 1);
            acknowledgedSteps++;
            meter.acknowledge(begin);
        } catch (RuntimeException e) {
            unknownSteps += fail(e) ? 1 : 0;
        }
    }

    /** Returns whether the operation may have been applied. */
    private boolean fail(RuntimeException reason) {
        boolean maybeApplied = !(reason instanceof CoterieException known) || known.maybeExecuted();
        meter.fail(reason, maybeApplied);
        LockSupport.parkNanos(PAUSE_AFTER_FAILURE_NANOS);
        return maybeApplied;
    }

    private String key(int number) {
        return name + "-" + number;
    }
}
