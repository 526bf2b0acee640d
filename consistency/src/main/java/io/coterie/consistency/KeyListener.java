package io.coterie.consistency;

import io.coterie.replication.spi.Ballot;
import org.jspecify.annotations.Nullable;

/**
 * Is notified of the states of watched keys, in bytes, on the executor for users' functions, one
 * call at a time.
 */
public interface KeyListener {
    /**
     * A key has, or had, this value. Versions of a key only rise from call to call.
     *
     * @param value not to be changed; null if the key was deleted
     */
    void onChange(byte[] key, byte @Nullable [] value, Ballot version);

    /**
     * There may have been states between two versions that the listener does not get.
     *
     * @param after the version that it got last, {@link Ballot#NONE} for none
     * @param before the version that it gets next
     */
    void onMissed(byte[] key, Ballot after, Ballot before);
}
