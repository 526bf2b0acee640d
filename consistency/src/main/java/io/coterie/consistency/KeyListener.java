package io.coterie.consistency;

import io.coterie.replication.spi.Ballot;
import org.jspecify.annotations.Nullable;

/**
 * Told of the states of watched keys, in bytes; on the executor for users' functions, one call at a
 * time.
 */
public interface KeyListener {
    /**
     * A key has, or had, this value. Versions of a key only rise from call to call.
     *
     * @param value not to be changed; null if the key was deleted
     */
    void onChange(byte[] key, byte @Nullable [] value, Ballot version);

    /**
     * There may have been states between two versions that are not told.
     *
     * @param after the version told last, {@link Ballot#NONE} if none was
     * @param before the version that is told next
     */
    void onMissed(byte[] key, Ballot after, Ballot before);
}
