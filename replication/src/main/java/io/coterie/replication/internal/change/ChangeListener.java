package io.coterie.replication.internal.change;

import io.coterie.replication.ChangeRefusedException;
import org.jspecify.annotations.Nullable;

/** Whoever has begun a change hears what becomes of it. Called on the loop. */
public interface ChangeListener {
    /** The keepers have chosen the joint configuration: the change is running. */
    void begun(long epoch);

    /**
     * The change is over. Called once.
     *
     * @param refusal why the members are as they were before; null if the change is made
     */
    void ended(@Nullable ChangeRefusedException refusal);
}
