package io.coterie.consistency.internal.coordination.lease;

import io.coterie.consistency.internal.coordination.node.Coordinator;
import io.coterie.consistency.internal.coordination.rules.LeaseEntry;
import io.coterie.consistency.internal.coordination.rules.LeaseRecord;
import io.coterie.consistency.internal.coordination.rules.OwnerId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One acquisition as its node sees it: who it is, and when each of its beats was sent. */
final class LeaseClaim {
    private final Coordinator coordinator;
    private final OwnerId owner;
    private final long durationNanos;
    private final Map<Long, Long> sentAt = new HashMap<>();
    private long beat;

    LeaseClaim(Coordinator coordinator, long durationNanos) {
        this.coordinator = coordinator;
        this.owner = coordinator.nextOwner();
        this.durationNanos = durationNanos;
    }

    OwnerId owner() {
        return owner;
    }

    long durationNanos() {
        return durationNanos;
    }

    /** Whether anything was ever sent. */
    boolean hasBeaten() {
        return beat > 0;
    }

    /** The entry of this acquisition in a record; null if it has none. */
    @Nullable
    LeaseEntry in(LeaseRecord record) {
        return record.of(owner);
    }

    /**
     * The entry of this acquisition in a record that was read; null if it has none. A write whose
     * answer was lost may have put it there.
     */
    @Nullable
    LeaseEntry foundIn(LeaseRecord record) {
        LeaseEntry found = in(record);
        return found != null && coordinator.rules().isOwn(found, owner) ? found : null;
    }

    /** Whether enough is left of a lease to hand it out. */
    boolean isFresh(LeaseEntry own) {
        return validUntil(own) - coordinator.nanos() > durationNanos / 2;
    }

    /**
     * A beat that is about to be sent. Each has its own number, as any beat in flight may be the
     * one that gets into the record.
     */
    LeaseEntry nextBeat(long token) {
        beat++;
        sentAt.put(beat, coordinator.nanos());
        return new LeaseEntry(owner, token, beat, durationNanos, coordinator.nodeName());
    }

    /** Until when the lease of this entry is valid. */
    long validUntil(LeaseEntry own) {
        long sent = sentAt.getOrDefault(own.beat(), coordinator.nanos() - durationNanos);
        return coordinator.rules().validUntil(sent, coordinator.nanos(), durationNanos);
    }

    /** Beats below the one that is in the record can no longer come into it. */
    void forgetBelow(LeaseEntry own) {
        sentAt.keySet().removeIf(number -> number < own.beat());
    }
}
