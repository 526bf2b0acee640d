package io.coterie.replication.internal.membership;

import io.coterie.replication.spi.Ballot;
import org.jspecify.annotations.Nullable;

/**
 * What a keeper has promised and accepted in the instance that chooses the configuration after a
 * given one. A new epoch begins a new instance, in which nothing is promised. Immutable.
 *
 * @param base the epoch of the configuration whose successor is chosen; 0 for genesis
 * @param accepted {@link Ballot#NONE} if nothing is
 * @param configuration what was accepted; null if nothing was
 */
public record KeeperRecord(
        long base,
        Ballot promised,
        Ballot accepted,
        @Nullable Configuration configuration) {
    /** Before anything was promised. */
    public static KeeperRecord after(long base) {
        return new KeeperRecord(base, Ballot.NONE, Ballot.NONE, null);
    }

    /** Whether a ballot may be promised or accepted: no higher one is promised. */
    public boolean allows(Ballot ballot) {
        return !promised.isAbove(ballot);
    }

    public KeeperRecord promising(Ballot ballot) {
        return new KeeperRecord(base, ballot, accepted, configuration);
    }

    public KeeperRecord accepting(Ballot ballot, Configuration chosen) {
        return new KeeperRecord(base, ballot, ballot, chosen);
    }
}
