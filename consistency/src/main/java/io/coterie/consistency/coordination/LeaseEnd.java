package io.coterie.consistency.coordination;

import io.coterie.consistency.internal.coordination.lease.LeaseRegister;

/** How a {@link Lease} ended. */
public enum LeaseEnd {
    /** Its holder gave it back, or closed the node. */
    RELEASED,

    /**
     * It could not be renewed in time, or another has taken it over after it was not; or it was
     * held for the longest time that {@link LeaseRegister#heldAtMost} allows.
     */
    LOST
}
