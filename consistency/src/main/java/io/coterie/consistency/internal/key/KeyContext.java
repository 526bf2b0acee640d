package io.coterie.consistency.internal.key;

import io.coterie.consistency.StoreContext;
import io.coterie.consistency.internal.round.RoundContext;
import io.coterie.consistency.internal.rules.ConsensusRules;

/** The parts of a strong store that its keys use, and the reports of keys to the store. */
public abstract class KeyContext extends RoundContext {
    protected KeyContext(StoreContext store, ConsensusRules rules, boolean hasHomes, int largeStateBytes) {
        super(store, rules, hasHomes, largeStateBytes);
    }

    /**
     * The key's operations begin when a majority is connected, or are refused if it is not for too
     * long.
     */
    protected abstract void awaitMajority(KeyCoordinator key);

    /** The key has nothing to do; it stays as long as there is room for what it holds. */
    protected abstract void becameIdle(KeyCoordinator key);

    /** The key takes another number of bytes in memory. */
    protected abstract void cachedChanged(int weightBefore, int weightAfter);
}
