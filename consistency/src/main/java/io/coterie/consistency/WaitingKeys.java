package io.coterie.consistency;

import io.coterie.rpc.Scheduler;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The keys of a watch that wait for a state or for its confirmation: all are looked at every 50 ms as long as there are any. */
final class WaitingKeys {
    private static final long TICK_NANOS = Duration.ofMillis(50).toNanos();

    private final Scheduler scheduler;
    private final Consumer<List<WatchedKey>> look;
    private final Set<WatchedKey> waiting = new LinkedHashSet<>();
    private boolean ticking;

    /**
     * No keys.
     *
     * @param look is given the keys, which wait no more unless they are added again
     */
    WaitingKeys(Scheduler scheduler, Consumer<List<WatchedKey>> look) {
        this.scheduler = scheduler;
        this.look = look;
    }

    /** Has the key looked at if it waits. */
    void add(WatchedKey key) {
        if (key.isWaiting()) {
            waiting.add(key);
            if (!ticking) {
                ticking = true;
                scheduler.schedule(TICK_NANOS, this::tick);
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
        List<WatchedKey> due = List.copyOf(waiting);
        waiting.clear();
        look.accept(due);
    }
}
