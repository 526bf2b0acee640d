package io.coterie.replication;

import io.coterie.rpc.DeadlineExceededException;
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
    private final CompletableFuture<Map<NodeId, ReplicaReport>> result = new CompletableFuture<>();

    ReportRound(Replication replication, long timeoutNanos) {
        this.replication = replication;
        this.timeoutNanos = timeoutNanos;
    }

    CompletableFuture<Map<NodeId, ReplicaReport>> result() {
        return result;
    }

    void start() {
        for (NodeId replica : replication.replicas()) {
            ReplicaState local = replica.equals(replication.self()) ? replication.localState() : null;
            if (local != null) {
                add(replica, new ReplicaReport(local, replication.localProblem()));
            } else {
                replication.node().send(replica, ReplicaMethods.REPORT, true, timeoutNanos, this);
            }
        }
    }

    @Override
    public void onReply(NodeId peer, ReplicaMethods.Report response) {
        String ours = replication.stores().replicaNames();
        boolean same = response.replicas().equals(ours);
        add(
                peer,
                same
                        ? response.report()
                        : new ReplicaReport(
                                null,
                                "its replicas are " + response.replicas() + ", those of this node are " + ours
                                        + "; give all nodes the same list"));
    }

    @Override
    public void onFailure(NodeId peer, RpcException failure) {
        String problem = failure instanceof DeadlineExceededException
                ? "no answer within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms"
                : replication.describe(peer, failure);
        add(peer, new ReplicaReport(null, problem));
    }

    private void add(NodeId replica, ReplicaReport report) {
        reports.put(replica, report);
        if (reports.size() == replication.replicas().size()) {
            result.complete(Map.copyOf(reports));
        }
    }
}
