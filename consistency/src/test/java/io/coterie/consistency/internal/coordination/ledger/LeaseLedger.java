package io.coterie.consistency.internal.coordination.ledger;

import io.coterie.consistency.coordination.Lease;
import io.coterie.consistency.coordination.LeaseEnd;
import io.coterie.consistency.internal.coordination.cluster.CoordinationCluster;
import io.coterie.simulation.Simulation;
import io.coterie.simulation.history.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that holders of one register learned, by true time, and whether that keeps to the
 * promises: tokens are given once and rise, no more holders than there is room for see themselves
 * valid, and a holder that lost a lease is notified before another has it.
 */
public final class LeaseLedger {
    private final Simulation simulation;
    private final Violations violations;
    private final String name;
    private final int permits;
    private final boolean lossIsReportedInTime;
    private final List<Tenure> tenures = new ArrayList<>();
    private final Map<Long, Tenure> byToken = new HashMap<>();
    private final OutsideResource resource;
    private long highestGranted;
    private int lost;

    /** One lease as its holder sees it. */
    public final class Tenure {
        private final CoordinationCluster.Member member;
        private final Lease lease;
        private final long granted = simulation.nanos();
        private long lastSeenValid = granted;
        private boolean reportedOver;
        private long over;
        private @Nullable LeaseEnd end;

        private Tenure(CoordinationCluster.Member member, Lease lease) {
            this.member = member;
            this.lease = lease;
        }

        /** Whether the holder was notified that the lease is over, without asking. */
        public boolean isReportedOver() {
            return reportedOver;
        }

        /** Asks whether the lease is valid. */
        public boolean look() {
            boolean valid = lease.isValid();
            if (valid) {
                lastSeenValid = simulation.nanos();
            }
            return valid;
        }

        private List<Operation> bars() {
            return LeaseBars.of(name, member, lease.token(), granted, lastSeenValid, over, end);
        }

        @Override
        public String toString() {
            return member.name() + " (token " + lease.token() + ")";
        }
    }

    /**
     * Of nobody yet.
     *
     * @param lossIsReportedInTime whether a holder that is awake must have been notified of a loss
     *     when another has it
     */
    public LeaseLedger(
            Simulation simulation, Violations violations, String name, int permits, boolean lossIsReportedInTime) {
        this.simulation = simulation;
        this.violations = violations;
        this.name = name;
        this.permits = permits;
        this.lossIsReportedInTime = lossIsReportedInTime;
        this.resource = new OutsideResource(name, violations);
    }

    public String name() {
        return name;
    }

    /** The highest token that anyone was given so far. */
    public long highestGranted() {
        return highestGranted;
    }

    public OutsideResource resource() {
        return resource;
    }

    public int grants() {
        return tenures.size();
    }

    int lost() {
        return lost;
    }

    /**
     * Someone was given a lease.
     *
     * @param highestBefore the highest token given when it was asked for
     */
    public Tenure granted(CoordinationCluster.Member member, Lease lease, long highestBefore) {
        Tenure tenure = new Tenure(member, lease);
        Tenure same = byToken.put(lease.token(), tenure);
        if (same != null) {
            violations.add(name + ": " + tenure + " has the token of " + same);
        }
        if (lease.token() <= highestBefore) {
            violations.add(name + ": " + tenure + " is not above " + highestBefore + ", given before it asked");
        }
        highestGranted = Math.max(highestGranted, lease.token());
        tenures.add(tenure);
        var unused = lease.ended().thenAccept(end -> over(tenure, end));
        checkReported(tenure);
        return tenure;
    }

    private void over(Tenure tenure, LeaseEnd end) {
        if (tenure.reportedOver) {
            violations.add(name + ": " + tenure + " was notified twice that it is over");
        }
        tenure.reportedOver = true;
        tenure.over = simulation.nanos();
        tenure.end = end;
        if (end == LeaseEnd.LOST) {
            lost++;
        }
        if (tenure.lease.isValid()) {
            violations.add(name + ": " + tenure + " is valid after it was notified that it is " + end);
        }
    }

    /** A holder that is awake and was not notified of a loss believes that it has the lease. */
    private void checkReported(Tenure newest) {
        if (lossIsReportedInTime) {
            List<Tenure> believing = tenures.stream()
                    .filter(tenure -> !tenure.reportedOver && tenure.member.isAwake())
                    .toList();
            if (believing.size() > permits) {
                violations.add(name + ": when " + newest + " came, nobody had notified " + believing);
            }
        }
    }

    /** All leases so far, as bars of a chart. */
    List<Operation> bars() {
        return tenures.stream().flatMap(tenure -> tenure.bars().stream()).toList();
    }

    /** At no moment were there more who saw themselves valid than there is room for. */
    public void checkOverlaps() {
        overlaps().forEach((at, tenures) -> violations.add(at, name + ": valid at once: " + tenures));
    }

    /**
     * Who saw themselves valid at once, where that were more than there is room for, by the time at
     * which the last of them came.
     */
    public Map<Long, List<Tenure>> overlaps() {
        Map<Long, List<Tenure>> overlaps = new LinkedHashMap<>();
        for (Tenure one : tenures) {
            List<Tenure> atOnce = tenures.stream()
                    .filter(other -> other.granted <= one.granted && other.lastSeenValid > one.granted)
                    .toList();
            if (atOnce.size() > permits) {
                overlaps.put(one.granted, atOnce);
            }
        }
        return overlaps;
    }
}
