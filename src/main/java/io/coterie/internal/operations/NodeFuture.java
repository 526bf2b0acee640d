package io.coterie.internal.operations;

import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.spi.LoopFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The future of work on the loop, whose caller is let go after a deadline even if the loop is held
 * up.
 */
public abstract class NodeFuture<T extends @Nullable Object> extends LoopFuture<T> {
    private final long deadline;

    /** @param deadlineNanos a reading of the node's steady clock */
    protected NodeFuture(long deadlineNanos) {
        deadline = deadlineNanos;
    }

    /** Whether the work may have changed something where its result is not known. */
    public abstract boolean mayChange();

    @Override
    protected final long deadlineNanos() {
        return deadline;
    }

    @Override
    protected final RuntimeException unanswered() {
        return heldUp(mayChange());
    }

    @Override
    protected final Supplier<RuntimeException> unansweredStage() {
        return NodeFuture::stageHeldUp;
    }

    /** What a caller gets whose operation the loop did not end in time. */
    public static CoterieException heldUp(boolean mayChange) {
        String what = "the event loop of this node was blocked for the whole time of the operation and "
                + GRACE.toMillis()
                + " ms more: its log shows what blocked it; nothing may block in stages of futures and in codecs";
        return mayChange ? new OutcomeUnknownException(what) : new QuorumUnavailableException(what);
    }

    /** A stage that is chained to an operation may have begun another one. */
    private static RuntimeException stageHeldUp() {
        return heldUp(true);
    }
}
