package io.coterie.replication.internal.replica;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.Placement;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.wire.Addressed;
import io.coterie.replication.internal.wire.BatchedAnswers;
import io.coterie.replication.internal.wire.BatchedRequests;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.Responder;
import io.coterie.rpc.node.NodeId;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets in requests that know the partition as the adopted configuration has it, and that are meant
 * for this replica's records.
 *
 * <p>Values of eventual stores are served to requests for the lost records under this replica's
 * name, too: they rest on no promise that those may have had.
 */
final class ConfigurationGate implements PartitionGate {
    private final ReplicaTables tables;
    private final Identity identity;
    private Runnable onNewer = () -> {};

    ConfigurationGate(ReplicaTables tables, Identity identity) {
        this.tables = tables;
        this.identity = identity;
    }

    /** Runs the task when a caller knows a newer configuration than this replica. */
    void onNewer(Runnable task) {
        onNewer = task;
    }

    @Override
    public @Nullable ReplicaRefusal refusal(long since, long incarnation) {
        ReplicaRefusal refusal = refusal(since);
        Configuration adopted = tables.configuration;
        if (refusal != null || adopted == null) {
            return refusal;
        }
        return incarnation == identity.incarnation() ? null : otherIncarnation();
    }

    /** Why a request for any records is refused; null if it is served. */
    @Nullable
    ReplicaRefusal refusal(long since) {
        Configuration adopted = tables.configuration;
        Placement placement = adopted == null ? null : adopted.placement();
        long mine = placement == null ? 0 : placement.since();
        if (since == mine) {
            return null;
        }
        if (since > mine) {
            onNewer.run();
        }
        return new ReplicaRefusal(
                RefusalKind.OTHER_EPOCH,
                "this replica knows the group of epoch " + mine + ", and the caller that of epoch " + since);
    }

    /**
     * For requests that any records under this replica's name serve: those that it has, and those
     * that the group had in their place. Other ones are of another cluster with the same names.
     */
    PartitionGate ofValues() {
        return (since, incarnation) -> {
            ReplicaRefusal refusal = refusal(since);
            Configuration adopted = tables.configuration;
            boolean isKnown = adopted == null
                    || incarnation == identity.incarnation()
                    || incarnation == adopted.placement().incarnationOf(identity.self());
            return refusal != null || isKnown ? refusal : otherIncarnation();
        };
    }

    private static ReplicaRefusal otherIncarnation() {
        return new ReplicaRefusal(
                RefusalKind.OTHER_INCARNATION,
                "the records that the request is meant for are lost: this replica has others");
    }

    /** Checks each request when it is served, which may be some time after it has come. */
    static <Q, A> InlineHandler<Addressed<Q>, A> around(PartitionGate gate, InlineHandler<Q, A> handler) {
        return (caller, addressed, answer) -> serve(gate, addressed, handler, caller, addressed.request(), answer);
    }

    /**
     * Checks each request of a batch when it is served.
     *
     * @param batch makes a handler of batches of one of requests
     */
    static <Q, A> InlineHandler<Addressed<BatchedRequests<Q>>, BatchedAnswers<A>> aroundEach(
            PartitionGate gate,
            InlineHandler<Q, A> handler,
            Function<InlineHandler<Q, A>, InlineHandler<BatchedRequests<Q>, BatchedAnswers<A>>> batch) {
        return (caller, addressed, answer) -> batch.apply(
                        (node, request, reply) -> serve(gate, addressed, handler, node, request, reply))
                .handle(caller, addressed.request(), answer);
    }

    private static <Q, A> void serve(
            PartitionGate gate,
            Addressed<?> header,
            InlineHandler<Q, A> handler,
            NodeId caller,
            Q request,
            Responder<A> answer) {
        ReplicaRefusal refusal = gate.refusal(header.since(), header.incarnation());
        if (refusal == null) {
            handler.handle(caller, request, answer);
        } else {
            answer.fail(refusal);
        }
    }
}
