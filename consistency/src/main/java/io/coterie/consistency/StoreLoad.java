package io.coterie.consistency;

import io.coterie.rpc.error.OverloadedException;
import org.jspecify.annotations.Nullable;

/** What any thread may ask a store before it hands an operation to the node's loop. */
public interface StoreLoad {
    /**
     * Why an operation had better not begin: by what this node has in flight, it would probably not
     * end in time. Whoever takes operations from callers asks this before each, and refuses the
     * operation if there is a reason; {@link PolicyStore#execute} itself takes what it is given. By
     * default there is no reason to refuse any.
     *
     * @param nanos how long the operation may take
     * @param operations how many begin with it, itself included
     * @return null where nothing is known that keeps it from ending in time
     */
    default @Nullable OverloadedException refusal(long nanos, int operations) {
        return null;
    }
}
