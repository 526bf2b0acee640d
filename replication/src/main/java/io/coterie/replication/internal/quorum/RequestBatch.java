package io.coterie.replication.internal.quorum;

import io.coterie.replication.internal.wire.BatchMethod;
import io.coterie.replication.internal.wire.BatchedAnswers;
import io.coterie.replication.internal.wire.BatchedRequests;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.Sized;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.error.MalformedMessageException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.List;

/** Requests of one method that began in one turn, and are sent to the other replicas together. */
final class RequestBatch<Q, A> implements ReplyHandler<BatchedAnswers<A>> {
    /**
     * The most bytes of a batch; {@link BatchedRequests#MAX_REQUESTS} bounds its requests. A larger
     * request travels alone.
     */
    static final int MAX_BYTES = 32 << 10;

    private final QuorumContext context;
    private final VotersHere here;
    private final BatchMethod<Q, A> method;
    private final List<Fanout<Q, A>> fanouts = new ArrayList<>(BatchedRequests.MAX_REQUESTS);
    private final ByteWriter written;
    private int bytes;

    /** @param written where the requests are written until they leave; cleared */
    RequestBatch(QuorumContext context, BatchMethod<Q, A> method, ByteWriter written) {
        this.context = context;
        this.here = context.here();
        this.method = method;
        this.written = written.clear();
    }

    /** Whether the replicas are others now: then all of its requests have ended. */
    boolean isOutdated() {
        return !here.equals(context.here());
    }

    /** Whether there is room for another request of about that many bytes. */
    boolean takes(int requestBytes) {
        return fanouts.size() < BatchedRequests.MAX_REQUESTS && bytes + requestBytes <= MAX_BYTES;
    }

    void add(Fanout<Q, A> fanout, int requestBytes) {
        fanouts.add(fanout);
        fanout.leavesForOthers();
        Sized.put(method.request(), fanout.request(), written);
        bytes += requestBytes;
    }

    void send() {
        if (isOutdated()) {
            return;
        }
        long now = context.world().clock().nanos();
        long longest = 0;
        for (int i = 0; i < fanouts.size(); i++) {
            longest = Math.max(longest, fanouts.get(i).deadline() - now);
        }
        if (longest <= 0) {
            fanouts.forEach(Fanout::stopOthers);
            return;
        }
        long timeout = context.attemptNanos(longest);
        BatchedRequests<Q> requests = BatchedRequests.written(written);
        List<NodeId> replicas = here.voters().replicas();
        for (int i = 0; i < replicas.size(); i++) {
            if (i == here.self()) {
                continue;
            }
            NodeId other = replicas.get(i);
            if (fanouts.size() == 1) {
                Fanout<Q, A> alone = fanouts.get(0);
                context.loop().send(other, method.one(), here.to(i, alone.request()), timeout, alone);
            } else {
                context.loop().send(other, method.many(), here.to(i, requests), timeout, this);
            }
        }
    }

    /** Has it leave before the turn ends. */
    void flush() {
        List<NodeId> others = here.others();
        for (int i = 0; i < others.size(); i++) {
            context.loop().flush(others.get(i));
        }
    }

    @Override
    public boolean isWanted() {
        for (int i = 0; i < fanouts.size(); i++) {
            if (!fanouts.get(i).isOver()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void onReply(NodeId peer, BatchedAnswers<A> answers) {
        String wrong = answers.deliver(peer, method.one().response(), fanouts);
        if (wrong != null) {
            // This does not affect requests that have their answer already.
            onFailure(peer, new MalformedMessageException(peer + ": " + wrong, true, null));
        }
    }

    @Override
    public void onFailure(NodeId peer, RpcException failure) {
        // The requests may be too large together, although each alone is not.
        boolean alone = fanouts.size() > 1 && RefusalKind.of(failure) == RefusalKind.TOO_LARGE;
        for (int i = 0; i < fanouts.size(); i++) {
            if (alone) {
                fanouts.get(i).askAlone(peer);
            } else {
                fanouts.get(i).onFailure(peer, failure);
            }
        }
    }
}
