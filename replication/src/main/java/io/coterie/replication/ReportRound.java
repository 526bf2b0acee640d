package io.coterie.replication;

import io.coterie.rpc.Clock;
import io.coterie.rpc.DeadlineExceededException;
import io.coterie.rpc.LoopFuture;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks each other replica once how it is. */
final class ReportRound implements ReplyHandler<ReplicaMethods.Report> {
    private final Replication replication;
    private final long timeoutNanos;
    private final Map<NodeId, ReplicaReport> reports = new LinkedHashMap<>();
    private final CompletableFuture<Map<NodeId, ReplicaReport>> result;

    private long startedAt;

    ReportRound(Replication replication, long timeoutNanos) {
        this.replication = replication;
        this.timeoutNanos = timeoutNanos;
        this.result = LoopFuture.on(replication.world());
    }

    CompletableFuture<Map<NodeId, ReplicaReport>> result() {
        return result;
    }

    void start() {
        startedAt = clock().nanos();
        for (NodeId replica : replication.replicas()) {
            ReplicaState local = replica.equals(replication.self()) ? replication.localState() : null;
            if (local != null) {
                add(replica, new ReplicaReport(local, replication.localProblem(), 0));
            } else {
                replication.node().send(replica, ReplicaMethods.REPORT, true, timeoutNanos, this);
            }
        }
    }

    @Override
    public void onReply(NodeId peer, ReplicaMethods.Report response) {
        String ours = replication.stores().replicaNames();
        long ahead = ClockDifferences.aheadMillis(response.wallMillis(), startedAt, clock());
        ReplicaReport said = response.report();
        add(
                peer,
                response.replicas().equals(ours)
                        ? new ReplicaReport(said.state(), said.problem(), ahead)
                        : new ReplicaReport(
                                null,
                                "its replicas are " + response.replicas() + ", those of this node are " + ours
                                        + "; give all nodes the same list",
                                ahead));
    }

    @Override
    public void onFailure(NodeId peer, RpcException failure) {
        String problem = failure instanceof DeadlineExceededException
                ? "no answer within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms"
                : replication.describe(peer, failure);
        add(peer, new ReplicaReport(null, problem, 0));
    }

    private Clock clock() {
        return replication.world().clock();
    }

    private void add(NodeId replica, ReplicaReport report) {
        reports.put(replica, report);
        if (reports.size() == replication.replicas().size()) {
            result.complete(Map.copyOf(reports));
        }
    }
}
