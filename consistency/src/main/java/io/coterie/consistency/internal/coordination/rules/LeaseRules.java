package io.coterie.consistency.internal.coordination.rules;

import java.util.List;

/**
 * The rules that leases and fencing tokens rest on, each with its reason. They stand in one place
 * so that a reviewer finds them, and so that a test can break one at a time ({@code
 * BrokenRulesTest}).
 *
 * <p>All rules serve two sentences. First, whatever clocks do: each lease has a token above those
 * of all earlier leases of its name. Second, while the steady clocks of two nodes differ in rate by
 * less than a tenth: no more leases are valid at one moment than the record has permits.
 *
 * <p>Sources, as cited below:
 * <ul>
 *     <li>Leases: Gray, Cheriton, Leases: An Efficient Fault-Tolerant Mechanism for Distributed
 *         File Cache Consistency, 1989
 *     <li>Chubby: Burrows, The Chubby Lock Service for Loosely-Coupled Distributed Systems, 2006
 *     <li>Sessions: Ongaro, Consensus: Bridging Theory and Practice, 2014
 * </ul>
 *
 * <p>Stateless. Used on the loop only.
 */
public class LeaseRules {
    /**
     * The token of a new lease: above the last token of the record, and above the floor, which no
     * token of a removed record exceeds. So a resource that refuses lower tokens is never changed
     * by an earlier holder after a later one (Chubby, section 2.4).
     */
    public long nextToken(LeaseRecord record, long floor) {
        return Math.max(record.lastToken(), floor) + 1;
    }

    /**
     * Whether the floor must be read before a token is given: unless the record is known to be
     * above it. Tokens of an earlier record of the same name, which was removed, count, too.
     */
    public boolean needsFloor(boolean isKnownToBeAbove) {
        return !isKnownToBeAbove;
    }

    /**
     * How high the floor must be before a record is removed: at least its last token. Otherwise the
     * next record of that name could give a token twice.
     */
    public long floorFor(long lastToken) {
        return lastToken;
    }

    /**
     * How long the same beat must have been observed before its entry may be removed: the duration
     * and a tenth. The holder counts from before it sent the beat, observers from when they first
     * read it. So the holder's lease is over by then, if clocks differ in rate by less than a tenth
     * (Leases, section 5).
     */
    public long takeoverAfter(long durationNanos) {
        return durationNanos + durationNanos / 10;
    }

    /**
     * Until when a lease is valid whose beat is known to be in the record: the duration, from
     * before the beat was sent, because others may have observed it from that moment on (Leases,
     * section 5).
     */
    public long validUntil(long sentAt, long heardAt, long durationNanos) {
        return sentAt + durationNanos;
    }

    /**
     * After how long the holder's node checks whether a lease with so much time left is over: no
     * later than that, so that its loss is reported in time.
     */
    public long lookAfter(long leftNanos) {
        return leftNanos;
    }

    /**
     * Whether an entry was written by this acquisition, which lost the answer: if it has the same
     * owner, which no other acquisition ever has (Sessions, section 6.3).
     */
    public boolean isOwn(LeaseEntry found, OwnerId owner) {
        return found.owner().equals(owner);
    }

    /**
     * Whether a participant is counted already, perhaps by an earlier attempt whose answer was
     * lost. Then it is not counted again (Sessions, section 6.3).
     */
    public boolean isCounted(List<String> counted, String participant) {
        return counted.contains(participant);
    }
}
