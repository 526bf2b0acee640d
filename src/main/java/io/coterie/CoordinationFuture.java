package io.coterie;

import io.coterie.rpc.LoopFuture;
import io.coterie.rpc.World;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What coordination on the loop brings a caller. */
final class CoordinationFuture<T extends @Nullable Object> extends LoopFuture<T> {
    /** Nobody waits for longer, and no clock counts that far. */
    private static final long FOREVER_NANOS = Long.MAX_VALUE / 4;

    private final OperationRunner runner;
    private final boolean mayChange;
    private final long deadline;

    /** @param waitNanos how long it may take besides operations on the store */
    CoordinationFuture(OperationRunner runner, long waitNanos, boolean mayChange) {
        this.runner = runner;
        this.mayChange = mayChange;
        // The lack of answers is waited out for one operation's time, and in that the last operation begins.
        long longest = Math.min(waitNanos, FOREVER_NANOS) + 2 * runner.operationNanos();
        this.deadline = runner.world().clock().nanos() + longest;
    }

    @Override
    protected World world() {
        return runner.world();
    }

    @Override
    protected long deadlineNanos() {
        return deadline;
    }

    @Override
    protected RuntimeException unanswered() {
        return OperationRunner.unanswered(mayChange);
    }

    @Override
    protected Supplier<RuntimeException> unansweredStage() {
        return OperationRunner::unansweredStage;
    }
}
