package io.coterie.consistency.internal.coordination.lease;

import io.coterie.consistency.internal.coordination.cas.WaitPolicy;
import io.coterie.consistency.internal.coordination.node.Coordinator;
import io.coterie.consistency.internal.coordination.rules.LeaseEntry;
import io.coterie.consistency.internal.coordination.rules.LeaseRecord;
import io.coterie.consistency.internal.coordination.rules.OwnerId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The record of one register, and when a place in it is somebody's to take. Acquisitions, leases
 * and releases take this, and do not know the register.
 */
public final class LeaseContext {
    private static final long MAX_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long MAX_RELEASE_PAUSE_NANOS = Duration.ofSeconds(5).toNanos();

    /**
     * So many steps from when the first in the queue has lost its turn to when all behind may come
     * at once.
     */
    private static final int TURNS_APART = 4;

    private final Coordinator coordinator;
    private final String what;
    private final byte[] key;
    private final int permits;
    private final long durationNanos;
    private final long maxHoldNanos;

    LeaseContext(Coordinator coordinator, String what, byte[] key, int permits, long durationNanos, long maxHoldNanos) {
        this.coordinator = coordinator;
        this.what = what;
        this.key = key;
        this.permits = permits;
        this.durationNanos = durationNanos;
        this.maxHoldNanos = maxHoldNanos;
    }

    /** This context with leases that are held for that long at most. */
    LeaseContext heldAtMost(long nanos) {
        return new LeaseContext(coordinator, what, key, permits, durationNanos, nanos);
    }

    Coordinator coordinator() {
        return coordinator;
    }

    public byte[] key() {
        return key;
    }

    long durationNanos() {
        return durationNanos;
    }

    /** For how long a lease is held at most. */
    long maxHoldNanos() {
        return maxHoldNanos;
    }

    public LeaseRecord decode(byte @Nullable [] bytes) {
        return coordinator.decode(bytes, permits, what);
    }

    /**
     * The record without the entries whose beats have stood still for so long that their leases are
     * over.
     */
    LeaseRecord withoutGivenUp(LeaseRecord record, long now) {
        LeaseRecord kept = record;
        for (LeaseEntry entry : record.entries()) {
            if (untilGivenUp(entry, now) <= 0) {
                kept = kept.without(entry.owner());
            }
        }
        return kept;
    }

    /** The record without the places in the queue that this node has left. */
    LeaseRecord withoutOwnGivenUp(LeaseRecord record) {
        return record.withoutWaiters(coordinator::hasGivenUp);
    }

    /**
     * How long to leave the free places to those who came before. The first in the queue may take
     * one at once. Who does not is dead, cut off or slow: after a while the next may, and a little
     * later those behind, one after the other.
     *
     * @param record without the entries that were given up
     * @return zero or less if it is this one's turn
     */
    long untilTurn(LeaseRecord record, OwnerId owner, long now) {
        int behind = record.waitersBefore(owner) - record.room() + 1;
        if (record.room() == 0) {
            return WaitPolicy.FOREVER;
        }
        return behind <= 0 ? 0 : vacantSince(record, now) + turnNanos(behind) - now;
    }

    /**
     * Whether this node has seen those who came before leave a free place alone, but not for long
     * enough.
     */
    boolean leavesPlaceToOthers(LeaseRecord record, long now) {
        return !record.queue().isEmpty()
                && coordinator.vacancies().hasSeen(record.queue().get(0), record.lastToken())
                && vacantSince(record, now) + turnNanos(1) > now;
    }

    /** Remembers since when the first in the queue may take a place. */
    void seeVacancy(LeaseRecord record, long now) {
        if (record.room() > 0 && !record.queue().isEmpty()) {
            vacantSince(record, now);
        }
    }

    private long vacantSince(LeaseRecord record, long now) {
        return coordinator.vacancies().see(record.queue().get(0), record.lastToken(), now);
    }

    /**
     * At most one duration, and long enough for the first to come if it has to read the record
     * itself.
     */
    private long turnNanos(int behind) {
        long patience = 2 * maxPauseNanos();
        return patience + patience * Math.min(behind - 1, TURNS_APART) / TURNS_APART;
    }

    private long maxPauseNanos() {
        return Math.min(durationNanos / 4, MAX_PAUSE_NANOS);
    }

    long untilOneIsGivenUp(LeaseRecord record, long now) {
        long shortest = WaitPolicy.FOREVER;
        for (LeaseEntry entry : record.entries()) {
            shortest = Math.min(shortest, untilGivenUp(entry, now));
        }
        return shortest;
    }

    /** For what is renewed until a moment. */
    WaitPolicy until(long end) {
        return new WaitPolicy(end, end, operationNanos(), Math.max(durationNanos / 10, 1));
    }

    /** For what continues until the store closes. */
    WaitPolicy endless() {
        long end = coordinator.nanos() + WaitPolicy.FOREVER;
        return new WaitPolicy(end, end, operationNanos(), MAX_RELEASE_PAUSE_NANOS);
    }

    /**
     * For an acquisition that waits for so long while there is no room. If too few replicas answer,
     * it continues for up to the grace beyond that.
     */
    WaitPolicy waitPolicy(long waitNanos, long graceNanos) {
        long waitEnd = coordinator.nanos() + Math.min(waitNanos, WaitPolicy.FOREVER);
        return new WaitPolicy(waitEnd, waitEnd + graceNanos, operationNanos(), maxPauseNanos());
    }

    @Override
    public String toString() {
        return what;
    }

    /** An operation that hangs is not worth waiting for: the next read shows what it did. */
    private long operationNanos() {
        return Math.min(coordinator.operationNanos(), durationNanos / 3);
    }

    private long untilGivenUp(LeaseEntry entry, long now) {
        long since = coordinator.observations().see(entry.owner(), entry.beat(), now);
        return since + coordinator.rules().takeoverAfter(entry.durationNanos()) - now;
    }
}
