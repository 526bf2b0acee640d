package io.coterie.consistency.internal.coordination.cas;

import io.coterie.consistency.KeyListener;
import io.coterie.consistency.KeyWatch;
import io.coterie.consistency.PolicyStore;
import io.coterie.replication.spi.Ballot;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reports the states of a record to those who wait for it to change: one watch of the store for
 * each record that somebody at this node waits for. A reported state may be older than one that was
 * read. Where the store has no watches, or the node has too many, nothing is reported: whoever
 * waits must read now and then all the same.
 */
public final class RecordWatches {
    private static final int MAX_WATCHES = 256;
    private static final int QUEUE = 16;

    /**
     * A watch is kept for so long after the last one left: whoever waits for a contended record
     * will wait again.
     */
    private static final long LINGER_NANOS = Duration.ofSeconds(5).toNanos();

    private final PolicyStore store;
    private final World world;
    private final Map<ByteBuffer, Watched> watched = new HashMap<>();

    public RecordWatches(PolicyStore store, World world) {
        this.store = store;
        this.world = world;
    }

    /** One who waits. */
    static final class Seat {
        private final @Nullable Watched record;
        private final Consumer<byte @Nullable []> waiter;

        private Seat(@Nullable Watched record, Consumer<byte @Nullable []> waiter) {
            this.record = record;
            this.waiter = waiter;
        }

        /**
         * Whether the watch has reported anything yet, so that it can be relied on to report what
         * comes.
         */
        boolean hasReported() {
            return record != null && record.reported;
        }

        void leave() {
            if (record != null) {
                record.leave(this);
            }
        }
    }

    /** The watch of one record. */
    private final class Watched implements KeyListener {
        private final ByteBuffer key;
        private final Set<Seat> seats = new LinkedHashSet<>();
        private @Nullable KeyWatch watch;
        private boolean reported;
        private int left;

        Watched(ByteBuffer key) {
            this.key = key;
        }

        @Override
        public void onChange(byte[] bytes, byte @Nullable [] value, Ballot version) {
            world.scheduler().execute(() -> report(value));
        }

        @Override
        public void onMissed(byte[] bytes, Ballot after, Ballot before) {}

        private void report(byte @Nullable [] value) {
            reported = true;
            List.copyOf(seats).forEach(seat -> {
                if (seats.contains(seat)) {
                    seat.waiter.accept(value);
                }
            });
        }

        private void leave(Seat seat) {
            if (seats.remove(seat) && seats.isEmpty()) {
                int number = ++left;
                world.scheduler().schedule(LINGER_NANOS, () -> {
                    if (seats.isEmpty() && left == number) {
                        close();
                        watched.remove(key, this);
                    }
                });
            }
        }

        private void close() {
            if (watch != null) {
                watch.close();
            }
        }
    }

    /** Reports the states of a record from now on, on the loop, until the seat is left. */
    Seat join(byte[] key, Consumer<byte @Nullable []> waiter) {
        Watched record = watched.get(ByteBuffer.wrap(key));
        if (record == null) {
            record = begin(key);
        }
        Seat seat = new Seat(record, waiter);
        if (record != null) {
            record.seats.add(seat);
        }
        return seat;
    }

    public void close() {
        watched.values().forEach(Watched::close);
        watched.clear();
    }

    private @Nullable Watched begin(byte[] key) {
        if (watched.size() >= MAX_WATCHES) {
            return null;
        }
        Watched record = new Watched(ByteBuffer.wrap(key));
        try {
            record.watch = store.watch(key, true, QUEUE, record);
        } catch (UnsupportedOperationException | CoterieException none) {
            return null;
        }
        watched.put(record.key, record);
        return record;
    }
}
