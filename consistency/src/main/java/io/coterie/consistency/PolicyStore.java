package io.coterie.consistency;

/** A store as its policy runs it, in bytes. All methods are to be called on the node's loop only. */
public interface PolicyStore {
    /**
     * Begins an operation.
     *
     * @param deadlineNanos the reading of the node's clock at which it ends, at the latest
     * @param completion told exactly once, perhaps before this method returns
     * @throws UnsupportedOperationException if the policy cannot do it
     */
    void execute(byte[] key, Operation operation, long deadlineNanos, Completion completion);

    /**
     * The same records under a weaker promise for reads.
     *
     * @throws IllegalArgumentException if the policy has no such reads
     */
    default PolicyStore reading(ConsistencyPolicy weaker) {
        throw new IllegalArgumentException("this store cannot be read as \"" + weaker.name() + "\"");
    }

    /** Ends all operations under way: those that may have been applied as unknown, the others as not applied. */
    void close();
}
