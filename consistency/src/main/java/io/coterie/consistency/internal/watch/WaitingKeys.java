package io.coterie.consistency.internal.watch;

import io.coterie.rpc.spi.Repetition;
import io.coterie.rpc.spi.Scheduler;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The keys of a watch that wait for a state or for its confirmation: all are looked at every 50 ms
 * as long as there are any.
 */
final class WaitingKeys {
    private static final long TICK_NANOS = Duration.ofMillis(50).toNanos();

    private final Repetition ticks;
    private final Consumer<List<WatchedKey>> look;
    private final Set<WatchedKey> waiting = new LinkedHashSet<>();
    private List<WatchedKey> due = List.of();
    private boolean ticking;

    /**
     * No keys.
     *
     * @param look is given the keys, which no longer wait unless they are added again
     */
    WaitingKeys(Scheduler scheduler, Consumer<List<WatchedKey>> look) {
        this.ticks = new Repetition(scheduler, TICK_NANOS, this::tick, this::takeBack);
        this.look = look;
    }

    /** Has the key looked at if it waits. */
    void add(WatchedKey key) {
        if (key.isWaiting()) {
            waiting.add(key);
            if (!ticking) {
                ticking = true;
                ticks.in(TICK_NANOS);
            }
        }
    }

    void remove(WatchedKey key) {
        waiting.remove(key);
    }

    int size() {
        return waiting.size();
    }

    private void tick() {
        ticking = false;
        due = List.copyOf(waiting);
        waiting.clear();
        look.accept(due);
        due = List.of();
    }

    /** Looking at them threw. */
    private void takeBack() {
        ticking = true;
        waiting.addAll(due);
    }
}
