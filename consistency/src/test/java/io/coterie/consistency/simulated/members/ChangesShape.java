package io.coterie.consistency.simulated.members;

import io.coterie.replication.internal.transfer.TransferLimits;
import io.coterie.simulation.SimRandom;
import java.time.Duration;
import java.util.List;

/**
 * How the members change in a run, apart from faults.
 *
 * @param kind what may happen to the disks of replicas
 * @param first how many replicas found the cluster
 * @param spares how many replicas may join it
 * @param sizes the numbers of members to reach, one after another; empty where any change may come
 * @param longestPause between two deeds of the operator
 * @param faulty how long members change, and faults come
 * @param limits how records are transferred: as ever, or in small pages
 */
record ChangesShape(
        Kind kind,
        int first,
        int spares,
        List<Integer> sizes,
        Duration longestPause,
        Duration faulty,
        TransferLimits limits) {
    /** A few records, of which runs have a few. */
    private static final int SMALL_PAGE_BYTES = 300;

    enum Kind {
        /** Disks survive. */
        DISKS(false),
        /** One disk after another is lost. */
        LOST_DISKS(true),
        /**
         * One disk after another is replaced by an older copy of itself. A replica is asked by
         * such a copy who remembers it, so none may be silent: no other faults but of clocks.
         */
        OLDER_COPIES(true),
        /** Replicas have no disks: none may end but by the operator, one after another. */
        MEMORY(true);

        private final boolean loses;

        Kind(boolean loses) {
            this.loses = loses;
        }

        /** Whether a member may lose its records. */
        boolean loses() {
            return loses;
        }
    }

    /** Groups do not get smaller where a member may be lost. */
    int fewest() {
        return kind.loses() ? 3 : 1;
    }

    static ChangesShape draw(SimRandom random) {
        double drawn = random.nextDouble();
        Kind kind = drawn < 0.45
                ? Kind.DISKS
                : drawn < 0.75 ? Kind.LOST_DISKS : drawn < 0.88 ? Kind.OLDER_COPIES : Kind.MEMORY;
        boolean walks = random.chance(0.3);
        int first = walks && !kind.loses() ? 1 : random.chance(0.8) ? 3 : 5;
        return new ChangesShape(
                kind,
                first,
                first == 1 ? 5 : 2 + random.nextInt(2),
                walks ? List.of(3, 5, 3) : List.of(),
                random.between(Duration.ofMillis(50), Duration.ofMillis(1500)),
                random.between(Duration.ofSeconds(3), Duration.ofSeconds(random.chance(0.9) ? 10 : 30)),
                random.chance(0.5) ? TransferLimits.DEFAULT : smallPages(random.chance(0.5)));
    }

    private static TransferLimits smallPages(boolean throttled) {
        TransferLimits usual = TransferLimits.DEFAULT;
        return new TransferLimits(
                SMALL_PAGE_BYTES,
                usual.keysAtOnce(),
                usual.answerNanos(),
                usual.retryNanos(),
                usual.lagNanos(),
                usual.patienceNanos(),
                throttled);
    }
}
