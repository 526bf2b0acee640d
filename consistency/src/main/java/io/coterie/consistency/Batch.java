package io.coterie.consistency;

import io.coterie.rpc.ByteReaders;
import io.coterie.rpc.ByteWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Operations of one node on one key that share a round: applied in order, all or none. Once it was proposed to replicas
 * its operations and its stamp stay as they are, because it may be found applied later.
 */
final class Batch {
    /** Stands for "all applied, nothing to tell", the outcome of plain puts and deletes. */
    private static final byte[] ALL_APPLIED = {};

    private static final int APPLIED = 1;
    private static final int HAS_VALUE = 2;

    private final List<StrongOperation> operations;

    /** Zero until it was given one. */
    long stamp;

    /** Whether an {@code accept} with it was ever sent. */
    boolean proposed;

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
        if (!proposed) {
            operations.removeIf(PendingOperation::isDone);
        }
    }

    /** From now on each operation may be applied. */
    void markProposed() {
        proposed = true;
        for (StrongOperation pending : operations) {
            pending.maybeApplied = !pending.operation.isRead();
        }
    }

    /** What the batch makes of a value. */
    Applied applyTo(byte @Nullable [] value) {
        List<Result> results = new ArrayList<>(operations.size());
        byte[] current = value;
        for (StrongOperation pending : operations) {
            Result result = apply(pending, current);
            current = valueAfter(pending.operation, result, current);
            results.add(result);
        }
        return new Applied(current, results);
    }

    /** What the batch did to a value: the value then, and each operation's result. */
    record Applied(byte @Nullable [] value, List<Result> results) {}

    /** Writes the results for a state to remember; what was only read is not among them. */
    byte[] encode(List<Result> results) {
        boolean plain = true;
        for (int i = 0; i < results.size() && plain; i++) {
            Result result = results.get(i);
            plain = operations.get(i).operation.isRead() || (result.applied() && result.value() == null);
        }
        if (plain) {
            return ALL_APPLIED;
        }
        ByteWriter out = new ByteWriter();
        for (int i = 0; i < results.size(); i++) {
            if (!operations.get(i).operation.isRead()) {
                Result result = results.get(i);
                byte[] value = result.value();
                out.putByte((result.applied() ? APPLIED : 0) | (value != null ? HAS_VALUE : 0));
                if (value != null) {
                    out.putBlock(value);
                }
            }
        }
        return out.toByteArray();
    }

    /** Reads what {@link #encode} wrote; reads among the operations see the value as it is now. */
    List<Result> decode(byte[] remembered, byte @Nullable [] valueNow) {
        ByteBuffer in = ByteBuffer.wrap(remembered);
        List<Result> results = new ArrayList<>(operations.size());
        for (StrongOperation pending : operations) {
            if (pending.operation.isRead()) {
                results.add(new Result(true, valueNow));
            } else if (remembered.length == 0) {
                results.add(Result.APPLIED);
            } else {
                int flags = in.get();
                results.add(new Result(
                        (flags & APPLIED) != 0, (flags & HAS_VALUE) != 0 ? ByteReaders.readBlock(in) : null));
            }
        }
        return results;
    }

    private static Result apply(StrongOperation pending, byte @Nullable [] value) {
        Operation operation = pending.operation;
        if (operation instanceof Operation.Get) {
            return new Result(true, value);
        } else if (operation instanceof Operation.PutIfAbsent) {
            return value == null ? Result.APPLIED : Result.REFUSED;
        } else if (operation instanceof Operation.CompareAndSet compareAndSet) {
            boolean same = value != null && Arrays.equals(value, compareAndSet.expected());
            return same ? Result.APPLIED : Result.REFUSED;
        } else if (operation instanceof Operation.Update update) {
            return update(pending, update, value);
        } else if (operation instanceof Operation.Add add) {
            return add(pending, add, value);
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

    private static Result update(StrongOperation pending, Operation.Update update, byte @Nullable [] value) {
        try {
            pending.error = null;
            return new Result(true, update.change().apply(value));
        } catch (RuntimeException | Error e) {
            pending.error = e;
            return Result.REFUSED;
        }
    }

    private static Result add(StrongOperation pending, Operation.Add add, byte @Nullable [] value) {
        if (value != null && value.length != Long.BYTES) {
            pending.error =
                    new IllegalStateException("the value has " + value.length + " bytes and is no counter, which has"
                            + " 8: open the store with the codec that it was written with");
            return Result.REFUSED;
        }
        long sum = (value == null ? 0 : ByteBuffer.wrap(value).getLong()) + add.delta();
        return new Result(true, ByteBuffer.allocate(Long.BYTES).putLong(sum).array());
    }
}
