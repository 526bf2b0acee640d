package io.coterie.internal.operations;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.rpc.spi.World;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads of many keys: one task for the loop, and one future. Only some of the reads are in flight
 * at a time, and the end of each begins the next, so that a long list does not keep the loop and
 * the connections from other operations.
 *
 * @param <T> what the caller gets
 */
final class MultiGet<T> extends NodeFuture<T> implements Runnable {
    private static final int MAX_IN_FLIGHT = 256;

    private final PolicyStore store;
    private final List<byte[]> keys;
    private final Function<List<byte @Nullable []>, T> read;
    private final OperationLimit limit;
    private final byte[] @Nullable [] values;
    private int begun;
    private int ended;
    private boolean beginning;

    /**
     * Reads that have not begun.
     *
     * @param read makes what the caller gets out of the values, in the order of the keys, null for
     *     each that is absent
     * @param limit notified once for each key, on the loop, when the store is done with it
     */
    MultiGet(
            PolicyStore store,
            List<byte[]> keys,
            long deadline,
            Function<List<byte @Nullable []>, T> read,
            OperationLimit limit) {
        super(deadline);
        this.store = store;
        this.keys = keys;
        this.read = read;
        this.limit = limit;
        this.values = new byte[keys.size()][];
    }

    @Override
    protected World world() {
        return limit.world();
    }

    @Override
    public boolean mayChange() {
        return false;
    }

    @Override
    public void run() {
        limit.taken(keys.size());
        if (keys.isEmpty()) {
            finish();
        } else {
            beginMore();
        }
    }

    /** A read may end while it begins, and would call this method from within. */
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
            store.execute(keys.get(index), new Operation.Get(), deadlineNanos(), one);
        } catch (Throwable e) {
            one.fail(e);
        }
    }

    /**
     * One read has failed, or the caller waits no more: the reads that have not begun never will.
     */
    private void dropRest() {
        while (begun < keys.size()) {
            begun++;
            ended++;
            limit.ended();
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
            // A user's codec threw: the caller must get the exception, and the loop must continue.
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
            limit.ended();
            return true;
        }
    }
}
