package io.coterie.consistency.internal.coordination.simulated;

import io.coterie.consistency.internal.coordination.rules.LeaseEntry;
import io.coterie.consistency.internal.coordination.rules.LeaseRecord;
import io.coterie.consistency.internal.coordination.rules.LeaseRules;
import io.coterie.consistency.internal.coordination.rules.OwnerId;
import java.util.List;

/** Each of these breaks one rule that the safety of leases and latches rests on. */
final class BrokenRules {
    /** Whoever takes a lease over continues with its token. */
    static final LeaseRules TOKEN_NOT_RAISED = new LeaseRules() {
        @Override
        public long nextToken(LeaseRecord record, long floor) {
            return Math.max(record.lastToken(), Math.max(floor, 1));
        }
    };

    /** A lease is taken over as soon as it is seen that another has it. */
    static final LeaseRules TAKEOVER_WITHOUT_WAITING = new LeaseRules() {
        @Override
        public long takeoverAfter(long durationNanos) {
            return 0;
        }
    };

    /**
     * A lease is taken over when it is over by the clock of who wants it, which may run faster than
     * the holder's.
     */
    static final LeaseRules TAKEOVER_WITHOUT_MARGIN = new LeaseRules() {
        @Override
        public long takeoverAfter(long durationNanos) {
            return durationNanos * 9 / 10;
        }
    };

    /** A lease counts from when its holder heard of it, which may be long after others saw it. */
    static final LeaseRules VALID_FROM_THE_ANSWER = new LeaseRules() {
        @Override
        public long validUntil(long sentAt, long heardAt, long durationNanos) {
            return heardAt + durationNanos;
        }
    };

    /**
     * An acquisition whose answer was lost is taken for a failure, and what it left in the record
     * for another's.
     */
    static final LeaseRules OWN_WORK_NOT_RECOGNISED = new LeaseRules() {
        @Override
        public boolean isOwn(LeaseEntry found, OwnerId owner) {
            return false;
        }
    };

    /** A lease that is over is reported as over only long afterwards. */
    static final LeaseRules LOSS_REPORTED_LATE = new LeaseRules() {
        @Override
        public long lookAfter(long leftNanos) {
            return 2 * leftNanos;
        }
    };

    /** A count-down that is tried again counts again. */
    static final LeaseRules RETRY_COUNTED_TWICE = new LeaseRules() {
        @Override
        public boolean isCounted(List<String> counted, String participant) {
            return false;
        }
    };

    /** A record that is made anew begins with what this node last heard of the floor. */
    static final LeaseRules FLOOR_NOT_READ = new LeaseRules() {
        @Override
        public boolean needsFloor(boolean isKnownToBeAbove) {
            return false;
        }
    };

    /** A record goes, and nothing shows what its last token was. */
    static final LeaseRules FLOOR_NOT_RAISED = new LeaseRules() {
        @Override
        public long floorFor(long lastToken) {
            return 0;
        }
    };

    private BrokenRules() {}
}
