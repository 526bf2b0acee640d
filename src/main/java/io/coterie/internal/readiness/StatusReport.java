package io.coterie.internal.readiness;

import io.coterie.Status;
import io.coterie.failuredetector.FailureDetector;
import io.coterie.failuredetector.PeerState;
import io.coterie.internal.settings.Warnings;
import io.coterie.replication.ReplicaReport;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.Replication;
import io.coterie.replication.internal.clock.ClockDifferences;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.node.HostPort;
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
 * @param addresses where the replicas listen; null where only a plugged transport knows
 * @param storage where this node keeps its records; null for a client
 */
public record StatusReport(
        String cluster,
        Map<NodeId, @Nullable HostPort> addresses,
        @Nullable Storage storage,
        Replication replication,
        FailureDetector detector,
        MajorityMonitor monitor,
        OpenStores stores) {
    /** The status by what the replicas report now, which the monitor takes in, too. */
    public Status of(Map<NodeId, ReplicaReport> reports) {
        monitor.hear(reports);
        List<Status.ReplicaStatus> replicas = new ArrayList<>();
        int voting = 0;
        int serving = 0;
        int taking = 0;
        ClockDifferences clocks = clocks(reports);
        for (NodeId id : replication.replicas()) {
            ReplicaReport report = reports.getOrDefault(id, new ReplicaReport(null, "not asked", 0));
            PeerState opinion = id.equals(replication.self()) ? PeerState.UP : detector.state(id);
            // One that is heard of, and has voted, is slow: not dead.
            boolean slow = report.state() == null && opinion == PeerState.UP && monitor.votes(id);
            voting += slow || report.isVoting() ? 1 : 0;
            boolean serves = slow || isServing(report);
            serving += serves ? 1 : 0;
            taking += serves && clocks.takesWrites(id) ? 1 : 0;
            String problem = report.problem() == null ? clocks.problemOf(id) : report.problem();
            HostPort address = addresses.get(id);
            replicas.add(new Status.ReplicaStatus(
                    id, address == null ? null : address.toString(), opinion, report.state(), problem));
        }
        List<String> warnings = new ArrayList<>(warnings());
        String ownClock = clocks.ownProblem();
        if (ownClock != null) {
            warnings.add(ownClock);
        }
        return new Status(
                cluster,
                replication.self(),
                storage == null ? null : storage.toString(),
                List.copyOf(warnings),
                List.copyOf(replicas),
                stores.status(voting, serving, ownClock == null ? taking : 0));
    }

    private ClockDifferences clocks(Map<NodeId, ReplicaReport> reports) {
        Map<NodeId, Long> ahead = new LinkedHashMap<>();
        reports.forEach((id, report) -> ahead.put(id, report.clockAheadMillis()));
        return new ClockDifferences(replication.loop().voters(), ahead);
    }

    private List<String> warnings() {
        List<String> warnings = new ArrayList<>(Warnings.of(addresses.size(), storage));
        List<NodeId> unregistered = monitor.neverVoted();
        if (!unregistered.isEmpty()) {
            warnings.add(Warnings.unregistered(unregistered));
        }
        return List.copyOf(warnings);
    }

    private static boolean isServing(ReplicaReport report) {
        return report.state() != null && report.state() != ReplicaState.FAILED;
    }
}
