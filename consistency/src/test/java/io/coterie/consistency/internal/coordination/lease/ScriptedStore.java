package io.coterie.consistency.internal.coordination.lease;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.internal.coordination.node.Floor;
import io.coterie.replication.OutcomeUnknownException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A store of one key, beside a floor of zero, that a test holds in its hands: it answers at once,
 * except for what the test holds up, refuses or fails.
 */
public final class ScriptedStore implements PolicyStore {
    private byte @Nullable [] value;
    private boolean holdsWritesUp;
    private boolean refusesWrites;
    private @Nullable Throwable nextFailure;
    private final Deque<Operation> heldUp = new ArrayDeque<>();

    public byte @Nullable [] value() {
        return value;
    }

    /** From now on writes end as unknown and stay on their way. */
    public void holdWritesUp(boolean hold) {
        holdsWritesUp = hold;
    }

    /** From now on writes find that others were faster. */
    public void refuseWrites() {
        refusesWrites = true;
    }

    /** The next operation fails with this. */
    public void failNext(Throwable failure) {
        nextFailure = failure;
    }

    /** A write that was held up comes through now; returns whether it changed anything. */
    public boolean letThrough() {
        return apply(heldUp.remove()).applied();
    }

    @Override
    public void execute(byte[] key, Operation operation, long deadlineNanos, Completion completion) {
        Throwable failure = nextFailure;
        if (failure != null) {
            nextFailure = null;
            completion.fail(failure);
        } else if (Arrays.equals(key, Floor.KEY)) {
            completion.complete(new Result(true, null));
        } else if (holdsWritesUp && !operation.isRead()) {
            heldUp.add(operation);
            completion.fail(new OutcomeUnknownException("held up", Map.of()));
        } else if (refusesWrites && !operation.isRead()) {
            completion.complete(Result.REFUSED);
        } else {
            completion.complete(apply(operation));
        }
    }

    @Override
    public void close() {}

    private Result apply(Operation operation) {
        if (operation instanceof Operation.Get) {
            return new Result(true, value);
        }
        if (operation instanceof Operation.PutIfAbsent put && value == null) {
            value = put.value();
            return Result.APPLIED;
        }
        if (operation instanceof Operation.CompareAndSet set && Arrays.equals(value, set.expected())) {
            value = set.next();
            return Result.APPLIED;
        }
        return Result.REFUSED;
    }
}
