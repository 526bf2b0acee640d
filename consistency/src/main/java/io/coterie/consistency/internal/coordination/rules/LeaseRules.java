package io.coterie.consistency.internal.coordination.rules;

import java.util.List;

/** The rules that safety rests on, in one place, so that tests can break one at a time. */
public class LeaseRules {
    /**
     * What a hold gets that comes new into a record: higher than any before, also after all were
     * released.
     */
    public long nextToken(LeaseRecord record, long floor) {
        return Math.max(record.lastToken(), floor) + 1;
    }

    /**
     * Whether the floor must be read, as a token may be below some of an earlier record of the same
     * name, which was removed.
     */
    public boolean needsFloor(boolean isKnownToBeAbove) {
        return !isKnownToBeAbove;
    }

    /** How high the floor must be before a record may go. */
    public long floorFor(long lastToken) {
        return lastToken;
    }

    /**
     * How long the same beat must have been seen before its hold may be taken away: longer than its
     * holder counts itself valid, by as much as clocks may run apart.
     */
    public long takeoverAfter(long durationNanos) {
        return durationNanos + durationNanos / 10;
    }

    /**
     * Until when a holder is valid whose beat is known to be in the record. Others may have seen
     * the beat from the moment it was sent, long before the holder heard of it.
     */
    public long validUntil(long sentAt, long heardAt, long durationNanos) {
        return sentAt + durationNanos;
    }

    /** When a holder's node looks whether a lease is over that is valid for so long yet. */
    public long lookAfter(long leftNanos) {
        return leftNanos;
    }

    /**
     * Whether a hold found in the record is the work of this acquisition, the answer to which was
     * lost.
     */
    public boolean isOwn(LeaseEntry found, OwnerId owner) {
        return found.owner().equals(owner);
    }

    /**
     * Whether a participant is counted already, perhaps by an earlier attempt whose answer was
     * lost.
     */
    public boolean isCounted(List<String> counted, String participant) {
        return counted.contains(participant);
    }
}
