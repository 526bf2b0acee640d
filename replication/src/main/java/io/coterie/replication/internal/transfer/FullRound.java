package io.coterie.replication.internal.transfer;

import io.coterie.replication.spi.RecordKey;
import java.util.function.Consumer;

/** Settles what is chosen for one key of a strong store. */
public interface FullRound {
    /**
     * Has both groups accept once more what is chosen, unchanged, under a ballot above all that the
     * members have promised. If nothing was ever accepted, a majority of both groups promises that
     * ballot, and that is all. Called on the loop, for several keys at a time.
     *
     * @param done to be called once on the loop, at once or later: with whether a majority of both
     *     groups has accepted, or promised if there is nothing to accept. If not, it is tried again
     *     after a pause
     */
    void run(RecordKey key, Consumer<Boolean> done);
}
