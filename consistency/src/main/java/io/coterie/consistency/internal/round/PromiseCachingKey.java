package io.coterie.consistency.internal.round;

import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.rules.CachedPromise;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.Voters;
import org.jspecify.annotations.Nullable;

/**
 * A key with the promise that is cached for it, see {@link CachedPromise}. All that the next change
 * needs of that stands in the object itself, rather than in others that it refers to: those are
 * found in no cache when they are asked for.
 */
abstract class PromiseCachingKey extends RecordKey {
    /** The memory that a key takes besides its bytes and a state, roughly. */
    private static final int MIN_WEIGHT = 300;

    /** Those of whom a quorum has promised it. */
    private @Nullable Voters promisedBy;

    private long ballotCounter;
    private long ballotProposer;

    /**
     * The bytes of the state; null while no promise is cached. What follows is the rest of a {@link
     * RegisterState}.
     */
    private byte @Nullable [] state;

    private int stateLength;
    private int valueAt;
    private boolean tombstone;
    private int outcomeCount;
    private long versionCounter;
    private long versionProposer;
    private long horizon;
    private long onlyOrigin;
    private long onlyTimestamp;

    PromiseCachingKey(RecordKey key) {
        super(key);
    }

    protected final boolean hasPromise() {
        return state != null;
    }

    /** The memory that it takes, roughly. */
    protected final int cachedWeight() {
        return MIN_WEIGHT + length() + (state == null ? 0 : stateLength);
    }

    /**
     * Takes the cached promise out of the cache; null for none. A promise of other voters is void.
     */
    @Nullable
    final CachedPromise takePromise(Voters voters) {
        byte[] bytes = state;
        state = null;
        if (bytes == null || !voters.equals(promisedBy)) {
            return null;
        }
        Ballot version = new Ballot(versionCounter, versionProposer);
        return new CachedPromise(
                new Ballot(ballotCounter, ballotProposer),
                new RegisterState(
                        bytes, valueAt, tombstone, version, horizon, outcomeCount, onlyOrigin, onlyTimestamp));
    }

    /** From now on this promise of a quorum of the voters is cached. */
    protected void cachePromise(Voters voters, Ballot ballot, RegisterState chosen) {
        promisedBy = voters;
        ballotCounter = ballot.counter();
        ballotProposer = ballot.proposer();
        state = chosen.bytes();
        stateLength = chosen.bytes().length;
        valueAt = chosen.valueAt();
        tombstone = chosen.isTombstone();
        versionCounter = chosen.version().counter();
        versionProposer = chosen.version().proposer();
        horizon = chosen.horizon();
        outcomeCount = chosen.outcomeCount();
        onlyOrigin = chosen.onlyOrigin();
        onlyTimestamp = chosen.onlyTimestamp();
    }

    protected final void forgetPromise() {
        state = null;
    }
}
