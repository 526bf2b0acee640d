package io.coterie.replication.internal.quorum;

import io.coterie.replication.ReplicaReport;
import io.coterie.replication.internal.clock.ClockDifferences;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.error.DeadlineExceededException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.LoopFuture;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks each other replica once for its state. */
public final class ReportRound implements ReplyHandler<ReplicaMethods.Report> {
    private final QuorumContext context;
    private final List<NodeId> replicas;
    private final Supplier<@Nullable ReplicaReport> local;
    private final BiConsumer<NodeId, Long> epochs;
    private final long timeoutNanos;
    private final Map<NodeId, ReplicaReport> reports = new LinkedHashMap<>();
    private final CompletableFuture<Map<NodeId, ReplicaReport>> result;

    private long startedAt;

    /**
     * @param local the report of this node's replica; null if it is none
     * @param epochs gets the epoch that each other replica reports
     */
    public ReportRound(
            QuorumContext context,
            Supplier<@Nullable ReplicaReport> local,
            BiConsumer<NodeId, Long> epochs,
            long timeoutNanos) {
        this.context = context;
        this.replicas = context.replicas();
        this.local = local;
        this.epochs = epochs;
        this.timeoutNanos = timeoutNanos;
        this.result = LoopFuture.on(context.world());
    }

    public CompletableFuture<Map<NodeId, ReplicaReport>> result() {
        return result;
    }

    public void start() {
        startedAt = clock().nanos();
        for (NodeId replica : replicas) {
            ReplicaReport own = replica.equals(context.self()) ? local.get() : null;
            if (own != null) {
                add(replica, own);
            } else {
                context.loop().send(replica, ReplicaMethods.REPORT, true, timeoutNanos, this);
            }
        }
    }

    @Override
    public void onReply(NodeId peer, ReplicaMethods.Report response) {
        long ahead = ClockDifferences.aheadMillis(response.wallMillis(), startedAt, clock());
        ReplicaReport report = response.report();
        epochs.accept(peer, report.epoch());
        add(peer, new ReplicaReport(report.state(), report.problem(), ahead, report.epoch(), report.isBehind()));
    }

    @Override
    public void onFailure(NodeId peer, RpcException failure) {
        String problem = failure instanceof DeadlineExceededException
                ? "no answer within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms"
                : context.describe(peer, failure);
        add(peer, ReplicaReport.unanswered(problem));
    }

    private Clock clock() {
        return context.world().clock();
    }

    private void add(NodeId replica, ReplicaReport report) {
        reports.put(replica, report);
        if (reports.size() == replicas.size()) {
            result.complete(Map.copyOf(reports));
        }
    }
}
