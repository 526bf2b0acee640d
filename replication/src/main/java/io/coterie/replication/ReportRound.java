package io.coterie.replication;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Asks each other replica once how it is. */
final class ReportRound implements ReplyHandler<ReplicaReport> {
    private final Replication replication;
    private final Map<NodeId, ReplicaReport> reports = new LinkedHashMap<>();
    private final CompletableFuture<Map<NodeId, ReplicaReport>> result = new CompletableFuture<>();

    ReportRound(Replication replication) {
        this.replication = replication;
    }

    CompletableFuture<Map<NodeId, ReplicaReport>> result() {
        return result;
    }

    void start(long timeoutNanos) {
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
    public void onReply(NodeId peer, ReplicaReport response) {
        add(peer, response);
    }

    @Override
    public void onFailure(NodeId peer, RpcException failure) {
        add(peer, new ReplicaReport(null, replication.describe(peer, failure)));
    }

    private void add(NodeId replica, ReplicaReport report) {
        reports.put(replica, report);
        if (reports.size() == replication.replicas().size()) {
            result.complete(Map.copyOf(reports));
        }
    }
}
