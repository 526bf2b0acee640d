package io.coterie.consistency;

import io.coterie.rpc.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.function.Consumer;

/**
 * Ends operations whose time is over. One sweep over all of them every few milliseconds costs less than a timer for each,
 * as nearly all end long before their deadline.
 *
 * @param <P> an operation
 */
final class Expiry<P extends PendingOperation> {
    private static final long SWEEP_NANOS = Duration.ofMillis(20).toNanos();

    private final World world;
    private final Consumer<P> expire;
    private final ArrayList<P> pending = new ArrayList<>();
    private boolean running;

    Expiry(World world, Consumer<P> expire) {
        this.world = world;
        this.expire = expire;
    }

    void add(P operation) {
        pending.add(operation);
        if (!running) {
            running = true;
            world.scheduler().schedule(SWEEP_NANOS, this::sweep);
        }
    }

    /** Hands over all that are not at their end. */
    void drain(Consumer<P> each) {
        ArrayList<P> all = new ArrayList<>(pending);
        pending.clear();
        all.forEach(each);
    }

    private void sweep() {
        long now = world.clock().nanos();
        pending.removeIf(PendingOperation::isDone);
        ArrayList<P> expired = new ArrayList<>();
        for (P operation : pending) {
            if (operation.deadline - now <= 0) {
                expired.add(operation);
            }
        }
        expired.forEach(expire);
        running = !pending.isEmpty();
        if (running) {
            world.scheduler().schedule(SWEEP_NANOS, this::sweep);
        }
    }
}
