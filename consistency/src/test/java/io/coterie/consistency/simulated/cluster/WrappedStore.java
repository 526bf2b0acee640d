package io.coterie.consistency.simulated.cluster;

import io.coterie.consistency.Completion;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.KeyListener;
import io.coterie.consistency.KeyRange;
import io.coterie.consistency.KeyWatch;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.ScanCompletion;
import io.coterie.rpc.error.OverloadedException;
import org.jspecify.annotations.Nullable;

/** A store on top of another, which does all that is not overridden. */
public class WrappedStore implements PolicyStore {
    private final PolicyStore correct;

    public WrappedStore(PolicyStore correct) {
        this.correct = correct;
    }

    /** What it is on top of. */
    public PolicyStore correct() {
        return correct;
    }

    @Override
    public @Nullable OverloadedException refusal(long nanos, int operations) {
        return correct.refusal(nanos, operations);
    }

    @Override
    public void execute(byte[] key, Operation operation, long deadlineNanos, Completion completion) {
        correct.execute(key, operation, deadlineNanos, completion);
    }

    @Override
    public PolicyStore reading(ConsistencyPolicy weaker) {
        return correct.reading(weaker);
    }

    @Override
    public void scan(KeyRange range, int limit, long deadlineNanos, ScanCompletion completion) {
        correct.scan(range, limit, deadlineNanos, completion);
    }

    @Override
    public KeyWatch watch(byte[] prefix, boolean single, int queue, KeyListener listener) {
        return correct.watch(prefix, single, queue, listener);
    }

    @Override
    public void close() {
        correct.close();
    }
}
