package io.coterie.consistency.internal.round;

import io.coterie.consistency.internal.rules.Batch;
import io.coterie.replication.spi.RecordKey;

/** A key as its rounds know it: what they ask of it, and what they report to it. */
public abstract class RoundKey extends PromiseCachingKey {
    protected RoundKey(RecordKey key) {
        super(key);
    }

    /** Whether other nodes have taken this one for the key's home recently. */
    protected abstract boolean isHome();

    /** Whether another node is the key's home and may be sent the batch. */
    protected abstract boolean canForward(Batch batch);

    /** A majority answered the round in flight. */
    protected abstract void progressed();

    /** Another node changes the key, too. */
    protected abstract void contended(long now);

    /** The home answered, and reports whether other nodes change the key, too. */
    protected abstract void homeAnswered(boolean shared);

    /** The round calls functions, which may take long: what only reads does not wait for them. */
    protected abstract void functionsCalled();

    /** The batch of a round continues in another round. */
    protected abstract void continueWith(Round before, Round next);

    /** The batch of a round continues at the key's home, or here where there is none. */
    protected abstract void continueAtHome(Round before);

    /** The batch of a round continues at this node. */
    protected abstract void continueHere(Round before);

    /** The operations of the round's batch have ended. */
    protected abstract void roundOver(Round ended);
}
