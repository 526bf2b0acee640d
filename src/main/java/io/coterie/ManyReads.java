package io.coterie;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.rpc.LoopFuture;
import io.coterie.rpc.World;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads of many keys on their way: one task for the loop, one future. Only some of them are under way at a time, each end
 * begins the next, so that a long list does not keep the loop, and the connections, from other operations.
 *
 * @param <T> what the caller gets
 */
final class ManyReads<T> extends LoopFuture<T> implements Runnable {
    private static final int MAX_IN_FLIGHT = 256;

    private final PolicyStore store;
    private final List<byte[]> keys;
    private final long deadline;
    private final Function<List<byte @Nullable []>, T> read;
    private final OperationRunner runner;
    private final byte[] @Nullable [] values;
    private int begun;
    private int ended;
    private boolean beginning;

    /**
     * Reads that have not begun.
     *
     * @param read makes what the caller gets out of the values, in the order of the keys, null for each that is absent
     * @param runner told once for each key, on the loop, when the store is done with it
     */
    ManyReads(
            PolicyStore store,
            List<byte[]> keys,
            long deadline,
            Function<List<byte @Nullable []>, T> read,
            OperationRunner runner) {
        this.store = store;
        this.keys = keys;
        this.deadline = deadline;
        this.read = read;
        this.runner = runner;
        this.values = new byte[keys.size()][];
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
        return OperationRunner.unanswered(false);
    }

    @Override
    protected Supplier<RuntimeException> unansweredStage() {
        return OperationRunner::unansweredStage;
    }

    @Override
    public void run() {
        runner.taken(keys.size());
        if (keys.isEmpty()) {
            finish();
        } else {
            beginMore();
        }
    }

    /** A read may end before it has begun to the full, and would come back here from within. */
    private void beginMore() {
        if (beginning) {
            return;
        }
        beginning = true;
        while (begun < keys.size() && begun - ended < MAX_IN_FLIGHT && !isDone()) {
            begin(begun++);
        }
        beginning = false;
        if (isDone()) {
            dropRest();
        }
    }

    private void begin(int index) {
        Read one = new Read(index);
        try {
            store.execute(keys.get(index), new Operation.Get(), deadline, one);
        } catch (Throwable e) {
            one.fail(e);
        }
    }

    /** One has failed, or the caller waits no more: what has not begun never will. */
    private void dropRest() {
        while (begun < keys.size()) {
            begun++;
            ended++;
            runner.ended();
        }
    }

    private void finish() {
        T result;
        try {
            List<byte @Nullable []> read = new ArrayList<>(values.length);
            for (byte[] value : values) {
                read.add(value);
            }
            result = this.read.apply(Collections.unmodifiableList(read));
        } catch (Throwable e) {
            // A user's codec threw: the loop must not, and the caller must hear of it.
            completeExceptionally(e);
            return;
        }
        complete(result);
    }

    private final class Read implements Completion {
        private final int index;
        private boolean over;

        Read(int index) {
            this.index = index;
        }

        @Override
        public void complete(Result result) {
            if (isFirstEnd()) {
                values[index] = result.value();
                if (ended == keys.size() && !isDone()) {
                    finish();
                }
                beginMore();
            }
        }

        @Override
        public void fail(Throwable error) {
            if (isFirstEnd()) {
                completeExceptionally(error);
                beginMore();
            }
        }

        private boolean isFirstEnd() {
            if (over) {
                return false;
            }
            over = true;
            ended++;
            runner.ended();
            return true;
        }
    }
}
