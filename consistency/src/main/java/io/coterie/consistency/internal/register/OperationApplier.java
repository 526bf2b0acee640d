package io.coterie.consistency.internal.register;

import io.coterie.consistency.Operation;
import io.coterie.consistency.Result;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Applies operations to a value, one after the other: the only place that defines what an operation
 * does.
 */
public final class OperationApplier {
    /** Where the value is as long as nobody has asked for it: most changes need none. */
    private @Nullable RegisterState unread;

    private byte @Nullable [] value;
    private boolean changed;

    public OperationApplier(byte @Nullable [] value) {
        this.value = value;
    }

    /** Applies to a state's value, which is read only if an operation asks for it. */
    public static OperationApplier to(RegisterState state) {
        OperationApplier applier = new OperationApplier(null);
        applier.unread = state;
        return applier;
    }

    /** The value after all operations so far. */
    public byte @Nullable [] value() {
        RegisterState state = unread;
        if (state != null) {
            value = state.value();
            unread = null;
        }
        return value;
    }

    /** Whether an operation so far was a change, if only to the same value. */
    public boolean hasChanged() {
        return changed;
    }

    /** Continues from where another application has come. */
    void become(OperationApplier other) {
        value = other.value();
        unread = null;
        changed |= other.changed;
    }

    /**
     * Applies one operation.
     *
     * @throws RuntimeException of a user's function, and of an addition to what is no counter;
     *     nothing has changed then
     */
    public Result apply(Operation operation) {
        if (operation.isRead()) {
            return read();
        } else if (operation instanceof Operation.Put put) {
            return change(put.value(), Result.APPLIED);
        } else if (operation instanceof Operation.Delete) {
            return change(null, Result.APPLIED);
        } else if (operation instanceof Operation.PutIfAbsent put) {
            return value() == null ? change(put.value(), Result.APPLIED) : Result.REFUSED;
        } else if (operation instanceof Operation.CompareAndSet compareAndSet) {
            byte[] before = value();
            boolean same = before != null && Arrays.equals(before, compareAndSet.expected());
            return same ? change(compareAndSet.next(), Result.APPLIED) : new Result(false, before);
        } else if (operation instanceof Operation.Update update) {
            byte[] next = update.change().apply(value());
            return change(next, new Result(true, next));
        } else if (operation instanceof Operation.Add add) {
            byte[] sum = add(add.delta());
            return change(sum, new Result(true, sum));
        }
        throw new IllegalArgumentException(operation + " is not applied to a value as a whole");
    }

    /** Does what another node asks for, in the same way. */
    public Result apply(StrongCommand command) {
        if (command instanceof StrongCommand.Apply asked) {
            return apply(asked.operation());
        } else if (command instanceof StrongCommand.ConditionalWrite write) {
            return Arrays.equals(value(), write.expected())
                    ? change(write.next(), Result.APPLIED)
                    : new Result(false, value());
        }
        return read();
    }

    private Result read() {
        RegisterState state = unread;
        return state == null ? new Result(true, value) : state.read();
    }

    private Result change(byte @Nullable [] next, Result result) {
        value = next;
        unread = null;
        changed = true;
        return result;
    }

    private byte[] add(long delta) {
        byte[] before = value();
        if (before != null && before.length != Long.BYTES) {
            throw notACounter();
        }
        long sum = (before == null ? 0 : ByteBuffer.wrap(before).getLong()) + delta;
        return ByteBuffer.allocate(Long.BYTES).putLong(sum).array();
    }

    public static IllegalStateException notACounter() {
        return new IllegalStateException("the value does not have 8 bytes and is no counter:"
                + " open the store with the codec that it was written with");
    }
}
