package io.coterie.consistency;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Operations of one node on one key that share a round: applied in order, all or none. Once it was proposed to replicas
 * its operations and its stamp stay as they are, because it may be found applied later.
 */
final class Batch {
    private final List<StrongOperation> operations;

    /** Zero until it was given one. */
    long stamp;

    /** Each attempt that was sent to replicas: one of them may be what was applied. */
    private final List<Applied> attempts = new ArrayList<>();

    Batch(List<StrongOperation> operations) {
        this.operations = operations;
    }

    List<StrongOperation> operations() {
        return operations;
    }

    boolean isReadOnly() {
        for (StrongOperation pending : operations) {
            if (!pending.operation.isRead()) {
                return false;
            }
        }
        return true;
    }

    boolean hasUserCode() {
        for (StrongOperation pending : operations) {
            if (pending.operation instanceof Operation.Update) {
                return true;
            }
        }
        return false;
    }

    boolean isOver() {
        for (StrongOperation pending : operations) {
            if (!pending.isDone()) {
                return false;
            }
        }
        return true;
    }

    /** Whether an operation is at its end already. */
    boolean hasEnded() {
        for (StrongOperation pending : operations) {
            if (pending.isDone()) {
                return true;
            }
        }
        return false;
    }

    /** Leaves out what has ended, as long as nobody was told of the batch. */
    void dropEnded() {
        if (!isProposed() && hasEnded()) {
            operations.removeIf(PendingOperation::isDone);
        }
    }

    /** Whether an {@code accept} with it was ever sent. */
    boolean isProposed() {
        return !attempts.isEmpty();
    }

    /** How many times it was proposed so far. */
    int attempts() {
        return attempts.size();
    }

    Applied attempt(int attempt) {
        return attempts.get(attempt);
    }

    /** One more attempt is about to be sent: from now on each operation may be applied. */
    void propose(Applied attempt) {
        attempts.add(attempt);
        for (StrongOperation pending : operations) {
            pending.maybeApplied = !pending.operation.isRead();
        }
    }

    /** What the batch makes of a value. */
    Applied applyTo(byte @Nullable [] value) {
        List<Result> results = new ArrayList<>(operations.size());
        Map<StrongOperation, Throwable> thrown = Map.of();
        byte[] current = value;
        for (StrongOperation pending : operations) {
            Result result;
            try {
                result = apply(pending.operation, current);
            } catch (RuntimeException | Error e) {
                thrown = thrown.isEmpty() ? new HashMap<>() : thrown;
                thrown.put(pending, e);
                result = Result.REFUSED;
            }
            current = valueAfter(pending.operation, result, current);
            results.add(result);
        }
        return new Applied(current, results, thrown);
    }

    /** Ends the operations as an attempt says. */
    void complete(Applied attempt) {
        for (int i = 0; i < operations.size(); i++) {
            StrongOperation pending = operations.get(i);
            Throwable thrown = attempt.thrown().get(pending);
            if (thrown == null) {
                pending.complete(attempt.results().get(i));
            } else {
                pending.fail(thrown);
            }
        }
    }

    /**
     * One attempt to apply a batch.
     *
     * @param value the value afterwards
     * @param results each operation's result
     * @param thrown what users' functions threw; those operations changed nothing
     */
    record Applied(byte @Nullable [] value, List<Result> results, Map<StrongOperation, Throwable> thrown) {}

    private static Result apply(Operation operation, byte @Nullable [] value) {
        if (operation instanceof Operation.Get) {
            return new Result(true, value);
        } else if (operation instanceof Operation.PutIfAbsent) {
            return value == null ? Result.APPLIED : Result.REFUSED;
        } else if (operation instanceof Operation.CompareAndSet compareAndSet) {
            boolean same = value != null && Arrays.equals(value, compareAndSet.expected());
            return same ? Result.APPLIED : Result.REFUSED;
        } else if (operation instanceof Operation.Update update) {
            return new Result(true, update.change().apply(value));
        } else if (operation instanceof Operation.Add add) {
            return add(add, value);
        }
        return Result.APPLIED;
    }

    private static byte @Nullable [] valueAfter(Operation operation, Result result, byte @Nullable [] before) {
        if (!result.applied() || operation instanceof Operation.Get) {
            return before;
        } else if (operation instanceof Operation.Put put) {
            return put.value();
        } else if (operation instanceof Operation.PutIfAbsent put) {
            return put.value();
        } else if (operation instanceof Operation.CompareAndSet compareAndSet) {
            return compareAndSet.next();
        } else if (operation instanceof Operation.Delete) {
            return null;
        }
        return result.value();
    }

    private static Result add(Operation.Add add, byte @Nullable [] value) {
        if (value != null && value.length != Long.BYTES) {
            throw new IllegalStateException("the value has " + value.length + " bytes and is no counter, which has 8:"
                    + " open the store with the codec that it was written with");
        }
        long sum = (value == null ? 0 : ByteBuffer.wrap(value).getLong()) + add.delta();
        return new Result(true, ByteBuffer.allocate(Long.BYTES).putLong(sum).array());
    }
}
