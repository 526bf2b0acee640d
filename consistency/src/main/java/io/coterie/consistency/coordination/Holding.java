package io.coterie.consistency.coordination;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One acquisition as its node sees it: who it is, and when each of its beats was sent. */
final class Holding {
    private final Coordinator coordinator;
    private final Party party;
    private final long durationNanos;
    private final Map<Long, Long> sentAt = new HashMap<>();
    private long beat;

    Holding(Coordinator coordinator, long durationNanos) {
        this.coordinator = coordinator;
        this.party = coordinator.nextParty();
        this.durationNanos = durationNanos;
    }

    Party party() {
        return party;
    }

    long durationNanos() {
        return durationNanos;
    }

    /** Whether anything was ever sent. */
    boolean hasBeaten() {
        return beat > 0;
    }

    /** What stands in a record of this acquisition, if it is in. */
    @Nullable
    Hold in(LeaseRecord record) {
        return record.of(party);
    }

    /** The same in a record that was read, into which a write may have got whose answer was lost. */
    @Nullable
    Hold foundIn(LeaseRecord record) {
        Hold found = in(record);
        return found != null && coordinator.rules().isOwn(found, party) ? found : null;
    }

    /** Whether enough is left of a lease to hand it out. */
    boolean isFresh(Hold own) {
        return validUntil(own) - coordinator.nanos() > durationNanos / 2;
    }

    /** A beat that is about to be sent. Each has a number of its own: any of those on the way may be the one that counts. */
    Hold nextBeat(long token) {
        beat++;
        sentAt.put(beat, coordinator.nanos());
        return new Hold(party, token, beat, durationNanos, coordinator.nodeName());
    }

    /** Until when the holder is valid whose record has this hold. */
    long validUntil(Hold own) {
        long sent = sentAt.getOrDefault(own.beat(), coordinator.nanos() - durationNanos);
        return coordinator.rules().validUntil(sent, coordinator.nanos(), durationNanos);
    }

    /** Beats below the one that is in the record can't come into it any more. */
    void forgetBelow(Hold own) {
        sentAt.keySet().removeIf(number -> number < own.beat());
    }
}
