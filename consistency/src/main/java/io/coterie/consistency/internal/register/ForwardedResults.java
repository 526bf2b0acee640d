package io.coterie.consistency.internal.register;

import io.coterie.consistency.Operation;
import io.coterie.consistency.Result;
import io.coterie.rpc.codec.ByteWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of a forwarded batch as a key's state remembers them, until the batch's origin asks:
 * as few bytes as its origin needs to derive the rest from the batch. A condition takes one byte, a
 * run of additions one each and eight for the first sum; a read is answered from the state in which
 * the batch is found, as it is still in flight.
 */
public final class ForwardedResults {
    private static final byte REFUSED = 0;
    private static final byte APPLIED = 1;
    private static final byte NO_COUNTER = 2;

    private ForwardedResults() {}

    /** Applies the commands; the result of an addition to what is no counter is null. */
    public static List<@Nullable Result> apply(List<StrongCommand> commands, OperationApplier applier) {
        List<@Nullable Result> results = new ArrayList<>(commands.size());
        for (StrongCommand command : commands) {
            Result result;
            try {
                result = applier.apply(command);
            } catch (IllegalStateException notACounter) {
                result = null;
            }
            results.add(result);
        }
        return results;
    }

    /** Encodes what the origin of the commands needs of their results. */
    public static byte[] encode(List<StrongCommand> commands, List<@Nullable Result> results) {
        ByteWriter out = new ByteWriter();
        boolean runOfSums = false;
        for (int i = 0; i < commands.size(); i++) {
            StrongCommand command = commands.get(i);
            Result result = results.get(i);
            boolean isSum = isAddition(command);
            boolean sum = isSum && result != null;
            if (isSum) {
                out.putByte(sum ? APPLIED : NO_COUNTER);
            } else if (isConditional(command) && result != null) {
                out.putByte(result.applied() ? APPLIED : REFUSED);
            }
            byte[] total = result == null ? null : result.value();
            if (sum && !runOfSums && total != null) {
                out.putBytes(total);
            }
            runOfSums = sum;
        }
        return out.toByteArray();
    }

    /**
     * The results of the commands, null for an addition to what was no counter.
     *
     * @param present the value of the state in which the batch was found
     */
    public static List<@Nullable Result> read(List<StrongCommand> commands, byte[] bytes, byte @Nullable [] present) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        List<@Nullable Result> results = new ArrayList<>(commands.size());
        OperationApplier sums = new OperationApplier(null);
        boolean runOfSums = false;
        for (StrongCommand command : commands) {
            if (isAddition(command)) {
                boolean counted = in.get() == APPLIED;
                if (counted && !runOfSums) {
                    long first = in.getLong();
                    sums.apply(new Operation.Delete());
                    results.add(sums.apply(new Operation.Add(first)));
                } else {
                    results.add(counted ? sums.apply(command) : null);
                }
                runOfSums = counted;
            } else {
                runOfSums = false;
                results.add(resultOf(command, in, present));
            }
        }
        return results;
    }

    private static Result resultOf(StrongCommand command, ByteBuffer in, byte @Nullable [] present) {
        if (command.isRead()) {
            return new Result(true, present);
        }
        if (!isConditional(command) || in.get() == APPLIED) {
            return Result.APPLIED;
        }
        boolean returnsValue =
                command instanceof StrongCommand.Apply asked && asked.operation() instanceof Operation.CompareAndSet;
        return returnsValue ? new Result(false, present) : Result.REFUSED;
    }

    private static boolean isConditional(StrongCommand command) {
        return command instanceof StrongCommand.ConditionalWrite
                || (command instanceof StrongCommand.Apply asked
                        && (asked.operation() instanceof Operation.PutIfAbsent
                                || asked.operation() instanceof Operation.CompareAndSet));
    }

    private static boolean isAddition(StrongCommand command) {
        return command instanceof StrongCommand.Apply asked && asked.operation() instanceof Operation.Add;
    }
}
