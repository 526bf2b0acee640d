package io.coterie;

import io.coterie.replication.spi.Ballot;
import org.jspecify.annotations.Nullable;

/**
 * The place of a state among the states of one key: a later state of the key has a higher version.
 * Between different keys a comparison says nothing.
 *
 * <p>Versions come from the library only, by {@link Change#version()} and
 * {@link WatchListener#onMissed}. Two are equal if they are versions of the same state, whichever
 * node reported them. Immutable, so safe for use by any number of threads.
 */
public final class Version implements Comparable<Version> {
    /** Lower than the version of every state: no state was reported yet. */
    public static final Version NONE = new Version(Ballot.NONE);

    private final Ballot ballot;

    private Version(Ballot ballot) {
        this.ballot = ballot;
    }

    static Version of(Ballot ballot) {
        return ballot.equals(Ballot.NONE) ? NONE : new Version(ballot);
    }

    @Override
    public int compareTo(Version other) {
        return ballot.compareTo(other.ballot);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Version version && ballot.equals(version.ballot);
    }

    @Override
    public int hashCode() {
        return ballot.hashCode();
    }

    /**
     * A text that differs between versions, for logs. It has no order, and no parts that mean
     * anything to a caller.
     */
    @Override
    public String toString() {
        return equals(NONE) ? "none" : "%016x%016x".formatted(ballot.counter(), ballot.proposer());
    }
}
