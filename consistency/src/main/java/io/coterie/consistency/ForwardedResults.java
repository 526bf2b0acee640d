package io.coterie.consistency;

import io.coterie.rpc.ByteWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of a forwarded batch as a key's state remembers them, until the batch's origin asks: as few bytes as its
 * origin needs to tell the rest from the batch. A condition takes one byte, a run of additions one each and eight for the
 * first sum; a read is answered from the state in which the batch is found, as it is still under way.
 */
final class ForwardedResults {
    private static final byte REFUSED = 0;
    private static final byte APPLIED = 1;
    private static final byte NO_COUNTER = 2;

    private ForwardedResults() {}

    /** Applies the operations; the result of an addition to what is no counter is null. */
    static List<@Nullable Result> apply(List<Operation> operations, Application application) {
        List<@Nullable Result> results = new ArrayList<>(operations.size());
        for (Operation operation : operations) {
            Result result;
            try {
                result = application.apply(operation);
            } catch (IllegalStateException notACounter) {
                result = null;
            }
            results.add(result);
        }
        return results;
    }

    /** What the origin of the operations has to be told of their results. */
    static byte[] encode(List<Operation> operations, List<@Nullable Result> results) {
        ByteWriter out = new ByteWriter();
        boolean runOfSums = false;
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            Result result = results.get(i);
            boolean sum = operation instanceof Operation.Add && result != null;
            if (operation instanceof Operation.Add) {
                out.putByte(sum ? APPLIED : NO_COUNTER);
            } else if (isConditional(operation) && result != null) {
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
     * The results of the operations, null for an addition to what was no counter.
     *
     * @param present the value of the state in which the batch was found
     */
    static List<@Nullable Result> read(List<Operation> operations, byte[] bytes, byte @Nullable [] present) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        List<@Nullable Result> results = new ArrayList<>(operations.size());
        Application sums = new Application(null);
        boolean runOfSums = false;
        for (Operation operation : operations) {
            if (operation instanceof Operation.Add add) {
                boolean counted = in.get() == APPLIED;
                if (counted && !runOfSums) {
                    long first = in.getLong();
                    sums.apply(new Operation.Delete());
                    results.add(sums.apply(new Operation.Add(first)));
                } else {
                    results.add(counted ? sums.apply(add) : null);
                }
                runOfSums = counted;
            } else {
                runOfSums = false;
                results.add(resultOf(operation, in, present));
            }
        }
        return results;
    }

    private static Result resultOf(Operation operation, ByteBuffer in, byte @Nullable [] present) {
        if (operation.isRead()) {
            return new Result(true, present);
        }
        if (!isConditional(operation) || in.get() == APPLIED) {
            return Result.APPLIED;
        }
        return operation instanceof Operation.CompareAndSet ? new Result(false, present) : Result.REFUSED;
    }

    private static boolean isConditional(Operation operation) {
        return operation instanceof Operation.PutIfAbsent
                || operation instanceof Operation.CompareAndSet
                || operation instanceof Swap;
    }
}
