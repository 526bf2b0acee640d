package io.coterie.consistency.internal.pending;

import io.coterie.rpc.spi.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Ends operations whose time is over. One sweep over all of them every few milliseconds costs less
 * than a timer for each, as nearly all end long before their deadline. Each leaves when it ends, so
 * that what is over is not kept until the next sweep.
 *
 * @param <P> an operation
 */
public final class Expiry<P extends PendingOperation> {
    private static final long SWEEP_NANOS = Duration.ofMillis(20).toNanos();

    private final World world;
    private final Consumer<P> expire;
    private final ArrayList<P> pending = new ArrayList<>();
    private final Sweeping sweeping;
    private boolean running;

    public Expiry(World world, Consumer<P> expire) {
        this(world, expire, (now, nanosLeft) -> {});
    }

    public Expiry(World world, Consumer<P> expire, Sweeping sweeping) {
        this.world = world;
        this.expire = expire;
        this.sweeping = sweeping;
    }

    /** Is notified of each sweep. */
    public interface Sweeping {
        /**
         * All were looked at.
         *
         * @param nanosLeft how much time those have that do not end now, on average; 0 where there
         *     are none
         */
        void swept(long now, long nanosLeft);
    }

    public void add(P operation) {
        operation.expiry = this;
        operation.place = pending.size();
        pending.add(operation);
        if (!running) {
            running = true;
            world.scheduler().schedule(SWEEP_NANOS, this::sweep);
        }
    }

    /** An operation has ended; the last one takes its place. */
    void remove(int place) {
        P last = pending.remove(pending.size() - 1);
        if (place < pending.size()) {
            pending.set(place, last);
            last.place = place;
        }
    }

    /** Hands over all that are not at their end. */
    public void drain(Consumer<P> each) {
        List.copyOf(pending).forEach(each);
    }

    private void sweep() {
        // Before the rest, which may throw: everybody's deadline rests on the next one.
        running = !pending.isEmpty();
        if (running) {
            world.scheduler().schedule(SWEEP_NANOS, this::sweep);
        }
        long now = world.clock().nanos();
        List<P> expired = new ArrayList<>();
        double nanosLeft = 0;
        for (int i = 0; i < pending.size(); i++) {
            long left = pending.get(i).deadline - now;
            if (left <= 0) {
                expired.add(pending.get(i));
            } else {
                nanosLeft += left;
            }
        }
        int others = pending.size() - expired.size();
        sweeping.swept(now, others == 0 ? 0 : (long) (nanosLeft / others));
        expired.forEach(expire);
    }
}
