package io.coterie;

import io.coterie.consistency.coordination.RegisterCounter;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A number that all nodes share, zero at first. Every operation is linearizable: it takes effect once, at one moment between
 * its call and its return, as seen from all nodes.
 *
 * <p>Costs one round trip to a majority where nobody else is at it. Operations end as those of a {@link Store} do: an
 * exception tells by {@link io.coterie.rpc.CoterieException#maybeExecuted()} whether a change may have been made, and then
 * trying again can make it twice.
 */
public final class AtomicCounter {
    private final String name;
    private final CoordinationRunner runner;
    private final RegisterCounter counter;

    AtomicCounter(String name, CoordinationRunner runner, RegisterCounter counter) {
        this.name = name;
        this.runner = runner;
        this.counter = counter;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** The number. */
    public long get() {
        return runner.call(false, counter::get);
    }

    /** See {@link #get}. */
    public CompletableFuture<Long> getAsync() {
        return runner.begin(counter::get);
    }

    /**
     * Adds, wrapping around at the ends of a long.
     *
     * @return the new number
     */
    public long addAndGet(long delta) {
        return runner.call(true, () -> counter.addAndGet(delta));
    }

    /** See {@link #addAndGet}. */
    public CompletableFuture<Long> addAndGetAsync(long delta) {
        return runner.begin(() -> counter.addAndGet(delta));
    }

    /**
     * Sets another number if it is the expected one.
     *
     * @return whether it was set
     */
    public boolean compareAndSet(long expected, long next) {
        return runner.call(true, () -> counter.compareAndSet(expected, next));
    }

    /** See {@link #compareAndSet}. */
    public CompletableFuture<Boolean> compareAndSetAsync(long expected, long next) {
        return runner.begin(() -> counter.compareAndSet(expected, next));
    }

    /** Sets it to zero, and removes its record: a counter keeps it otherwise, whatever its number. */
    public void delete() {
        runner.call(true, counter::delete);
    }

    /** See {@link #delete}. */
    public CompletableFuture<@Nullable Void> deleteAsync() {
        return runner.begin(counter::delete);
    }

    @Override
    public String toString() {
        return "counter " + name;
    }
}
