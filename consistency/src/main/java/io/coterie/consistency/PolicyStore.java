package io.coterie.consistency;

/**
 * A store as its policy runs it, in bytes. Only the node's loop may call its methods; any thread
 * may call those of {@link StoreLoad}.
 */
public interface PolicyStore extends StoreLoad {
    /**
     * Begins an operation.
     *
     * @param deadlineNanos the reading of the node's clock at which it ends, at the latest
     * @param completion notified exactly once, perhaps before this method returns
     * @throws UnsupportedOperationException if the policy cannot do it
     */
    void execute(byte[] key, Operation operation, long deadlineNanos, Completion completion);

    /**
     * This store's records under a weaker promise for reads.
     *
     * @throws IllegalArgumentException if the policy has no such reads
     */
    default PolicyStore reading(ConsistencyPolicy weaker) {
        throw new IllegalArgumentException("this store cannot be read as \"" + weaker.name() + "\"");
    }

    /**
     * Begins to read the next keys of a range, in the unsigned lexicographic order of their bytes.
     * Each value is as good as a {@link Operation.Get} of its key would have it; the page as a
     * whole is no snapshot. A key that has a value from before this call until its end, whatever
     * value, is in the page if the page reaches so far.
     *
     * <p>A page may end early, even with no entry at all: only a page without a next range is the
     * last one.
     *
     * @param limit how many keys, at most; 1 or more
     * @param deadlineNanos the reading of the node's clock at which it ends, at the latest
     * @param completion notified exactly once, perhaps before this method returns
     * @throws UnsupportedOperationException if the policy has no scans
     */
    default void scan(KeyRange range, int limit, long deadlineNanos, ScanCompletion completion) {
        throw new UnsupportedOperationException("this store's policy has no scans");
    }

    /**
     * Begins to notify a listener of the states of a key, or of all keys with a prefix, that are
     * there and that come: it gets each at least once, or is notified that it missed it, in the
     * order of versions for each key. A value that was overwritten in the round that set it is no
     * state.
     *
     * @param prefix the key, or what the keys begin with
     * @param single whether it is one key
     * @param queue how many states may wait for the listener; what is past it is dropped, oldest
     *     first, and reported as missed
     * @throws UnsupportedOperationException if the policy has no watches
     */
    default KeyWatch watch(byte[] prefix, boolean single, int queue, KeyListener listener) {
        throw new UnsupportedOperationException("this store's policy has no watches");
    }

    /**
     * Ends all operations in flight: those that may have been applied as unknown, the others as not
     * applied.
     */
    void close();
}
