package io.coterie.internal.readiness;

import io.coterie.consistency.Completion;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.KeyListener;
import io.coterie.consistency.KeyRange;
import io.coterie.consistency.KeyWatch;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.ScanCompletion;
import io.coterie.rpc.error.CoterieException;
import io.coterie.rpc.error.OverloadedException;
import org.jspecify.annotations.Nullable;

/** A store that may be used before it is open: operations then wait at the gate. */
public record GatedStore(StoreGate gate, PolicyStore store) implements PolicyStore {
    @Override
    public @Nullable OverloadedException refusal(long nanos, int operations) {
        return store.refusal(nanos, operations);
    }

    @Override
    public void execute(byte[] key, Operation operation, long deadlineNanos, Completion completion) {
        CoterieException refusal = gate.refusalOf(operation);
        if (refusal != null) {
            completion.fail(refusal);
        } else if (gate.isOpen()) {
            store.execute(key, operation, deadlineNanos, completion);
        } else {
            gate.await(
                    operation.getClass().getSimpleName(),
                    deadlineNanos,
                    () -> store.execute(key, operation, deadlineNanos, completion),
                    completion::fail);
        }
    }

    @Override
    public void scan(KeyRange range, int limit, long deadlineNanos, ScanCompletion completion) {
        if (gate.isOpen()) {
            store.scan(range, limit, deadlineNanos, completion);
        } else {
            gate.await(
                    "a scan",
                    deadlineNanos,
                    () -> store.scan(range, limit, deadlineNanos, completion),
                    completion::fail);
        }
    }

    /**
     * Does not wait at the gate: a watch asks each replica until it answers, and has it record the
     * store.
     */
    @Override
    public KeyWatch watch(byte[] prefix, boolean single, int queue, KeyListener listener) {
        CoterieException refusal = gate.isOpen() ? null : gate.refusal();
        if (refusal != null) {
            throw refusal;
        }
        return store.watch(prefix, single, queue, listener);
    }

    @Override
    public GatedStore reading(ConsistencyPolicy weaker) {
        return new GatedStore(gate, store.reading(weaker));
    }

    @Override
    public void close() {
        gate.close();
        store.close();
    }
}
