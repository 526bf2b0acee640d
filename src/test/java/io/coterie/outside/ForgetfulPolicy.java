package io.coterie.outside;

import io.coterie.consistency.Completion;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.StoreContext;

/** A store that refuses each swap, and can report what the swap met only at every third try. */
final class ForgetfulPolicy implements ConsistencyPolicy {
    @Override
    public String name() {
        return "forgetful";
    }

    @Override
    public int replicasToOpen(int replicas) {
        return 1;
    }

    @Override
    public int readQuorum(int replicas) {
        return 1;
    }

    @Override
    public int writeQuorum(int replicas) {
        return 1;
    }

    @Override
    public boolean needsVotes() {
        return false;
    }

    @Override
    public String promise(int replicas) {
        return "forgetful";
    }

    @Override
    public PolicyStore open(StoreContext context) {
        return new PolicyStore() {
            private int tries;

            @Override
            public void execute(byte[] key, Operation operation, long deadlineNanos, Completion completion) {
                byte[] expected = ((Operation.CompareAndSet) operation).expected();
                completion.complete(new Result(false, ++tries % 3 == 0 ? new byte[] {'f'} : expected));
            }

            @Override
            public void close() {}
        };
    }
}
