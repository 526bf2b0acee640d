package io.coterie.internal.coordination;

import io.coterie.internal.operations.CallerLoop;
import io.coterie.internal.operations.NodeFuture;
import io.coterie.rpc.spi.World;
import org.jspecify.annotations.Nullable;

/** The future of coordination on the loop. */
final class CoordinationFuture<T extends @Nullable Object> extends NodeFuture<T> {
    /** Nobody waits for longer, and no clock counts that far. */
    private static final long FOREVER_NANOS = Long.MAX_VALUE / 4;

    private final World world;
    private final boolean mayChange;

    /** @param waitNanos how long it may take besides operations on the store */
    CoordinationFuture(CallerLoop loop, long waitNanos, boolean mayChange) {
        super(loop.nanos() + maxNanos(loop, waitNanos));
        this.world = loop.world();
        this.mayChange = mayChange;
    }

    /**
     * If too few replicas answer, the attempt continues for up to one operation's time beyond the
     * wait. The last operation begins within that time, and has as much again.
     */
    private static long maxNanos(CallerLoop loop, long waitNanos) {
        return Math.min(waitNanos, FOREVER_NANOS) + 2 * loop.operationNanos();
    }

    @Override
    protected World world() {
        return world;
    }

    @Override
    public boolean mayChange() {
        return mayChange;
    }
}
