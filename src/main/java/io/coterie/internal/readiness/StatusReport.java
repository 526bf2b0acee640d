package io.coterie.internal.readiness;

import io.coterie.Status;
import io.coterie.failuredetector.FailureDetector;
import io.coterie.failuredetector.PeerState;
import io.coterie.internal.settings.Warnings;
import io.coterie.replication.ReplicaReport;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.Replication;
import io.coterie.replication.internal.change.Changes;
import io.coterie.replication.internal.clock.ClockDifferences;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Voters;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts together how the cluster looks from this node. Only to be used on the loop.
 *
 * @param cluster the cluster's name
 * @param storage where this node keeps its records; null for a client
 * @param changes the replica's part in changes of the members; null for a client
 */
public record StatusReport(
        String cluster,
        @Nullable Storage storage,
        Replication replication,
        @Nullable Changes changes,
        FailureDetector detector,
        MajorityMonitor monitor,
        OpenStores stores) {
    /** The status by what the replicas report now, which the monitor takes in, too. */
    public Status of(Map<NodeId, ReplicaReport> reports) {
        monitor.hear(reports);
        Configuration known = NodeReplication.of(replication.loop()).configuration();
        long epoch = known == null ? 0 : known.epoch();
        Voters voters = replication.loop().voters();
        List<Status.ReplicaStatus> replicas = new ArrayList<>();
        long voting = 0;
        long serving = 0;
        long taking = 0;
        ClockDifferences clocks = clocks(reports);
        String searching = NodeReplication.of(replication.loop()).searchProblem();
        for (NodeId id : searching == null ? voters.replicas() : List.<NodeId>of()) {
            ReplicaReport report = reports.getOrDefault(id, ReplicaReport.unanswered("not asked"));
            PeerState opinion = id.equals(replication.self()) ? PeerState.UP : detector.state(id);
            // One that is heard of, and has voted, is slow: not dead.
            boolean slow = report.state() == null && opinion == PeerState.UP && monitor.votes(id);
            boolean serves = slow || isServing(report);
            voting |= slow || report.isVoting() ? voters.bit(id) : 0;
            serving |= serves ? voters.bit(id) : 0;
            taking |= serves && clocks.takesWrites(id) ? voters.bit(id) : 0;
            replicas.add(new Status.ReplicaStatus(
                    id,
                    NodeReplication.of(replication.loop()).address(id),
                    opinion,
                    report.state(),
                    report.problem() == null ? clocks.problemOf(id) : report.problem(),
                    lag(report, epoch)));
        }
        List<String> warnings = new ArrayList<>(searching == null ? warnings(voters) : searching(searching));
        String ownClock = clocks.ownProblem();
        if (ownClock != null) {
            warnings.add(ownClock);
        }
        return new Status(
                cluster,
                replication.self(),
                storage == null ? null : storage.toString(),
                epoch,
                new ChangeReport(changes).of(known),
                List.copyOf(warnings),
                List.copyOf(replicas),
                stores.status(voters, voting, serving, ownClock == null ? taking : 0));
    }

    private static @Nullable String lag(ReplicaReport report, long epoch) {
        if (report.state() == null) {
            return null;
        }
        if (report.epoch() < epoch) {
            return "it knows the members of epoch " + report.epoch() + ", not those of epoch " + epoch + " yet";
        }
        return report.isBehind() ? "it is taking copies that it has missed" : null;
    }

    private ClockDifferences clocks(Map<NodeId, ReplicaReport> reports) {
        Map<NodeId, Long> ahead = new LinkedHashMap<>();
        reports.forEach((id, report) -> ahead.put(id, report.clockAheadMillis()));
        return new ClockDifferences(replication.loop().voters(), ahead);
    }

    private List<String> warnings(Voters voters) {
        int members = voters.isJoint() ? Math.min(voters.groupSize(), voters.nextGroupSize()) : voters.groupSize();
        List<String> warnings = new ArrayList<>(Warnings.of(members, storage));
        String waiting = replication.localProblem();
        if (waiting != null && voters.indexOf(replication.self()) < 0) {
            warnings.add(waiting);
        }
        List<NodeId> unregistered = monitor.neverVoted();
        if (!unregistered.isEmpty()) {
            warnings.add(Warnings.unregistered(unregistered));
        }
        return List.copyOf(warnings);
    }

    private List<String> searching(String problem) {
        List<String> warnings = new ArrayList<>(Warnings.of(0, storage));
        String waiting = replication.localProblem();
        warnings.add(waiting == null ? problem : waiting);
        return warnings;
    }

    private static boolean isServing(ReplicaReport report) {
        return report.state() != null && report.state() != ReplicaState.FAILED;
    }
}
