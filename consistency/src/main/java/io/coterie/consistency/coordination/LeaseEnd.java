package io.coterie.consistency.coordination;

/** How a {@link Lease} ended. */
public enum LeaseEnd {
    /** Its holder released it, or closed the node. */
    RELEASED,

    /**
     * It could not be renewed in time, or another has taken it over after it was not; or it was
     * held for the longest time that its lock or semaphore allows ({@code heldAtMost}).
     */
    LOST
}
