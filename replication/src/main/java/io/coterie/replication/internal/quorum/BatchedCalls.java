package io.coterie.replication.internal.quorum;

import io.coterie.replication.internal.wire.BatchMethod;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.codec.ByteWriter;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one method to all replicas. Calls that begin in one turn of the loop are sent
 * together, at the end of the turn or when there are many.
 */
public final class BatchedCalls<Q, A> {
    private final QuorumMethod<Q, A> each;
    private final QuorumContext context;
    private final BatchMethod<Q, A> method;
    private final Runnable sendFilling = this::sendFilling;
    private final ByteWriter written = new ByteWriter();
    private @Nullable RequestBatch<Q, A> filling;
    private boolean waiting;

    /**
     * @param local the handler of the method at this node, or null if it is no replica
     */
    public BatchedCalls(
            QuorumContext context,
            PeerRecovery recovery,
            StoreIntroduction stores,
            BatchMethod<Q, A> method,
            @Nullable InlineHandler<Q, A> local) {
        this.context = context;
        this.each = new QuorumMethod<>(context, recovery, stores, method.one(), local);
        this.method = method;
    }

    /**
     * Asks all replicas.
     *
     * @param bytes about how many the request has
     */
    public QuorumCall start(Q request, int bytes, long storeId, long deadline, ResponseCollector<A> collector) {
        return start(request, request, bytes, storeId, deadline, collector);
    }

    /**
     * Asks all replicas, and one of them alone for the state.
     *
     * @param whole the request to a replica that is to send the state although another one was
     *     named for it
     */
    public QuorumCall start(
            Q request, Q whole, int bytes, long storeId, long deadline, ResponseCollector<A> collector) {
        Fanout<Q, A> fanout = new Fanout<>(each, request, whole, storeId, deadline, collector);
        fanout.begin();
        if (bytes > RequestBatch.MAX_BYTES) {
            fanout.askOthers();
        } else if (!context.otherReplicas().isEmpty()) {
            add(fanout, bytes);
        }
        fanout.askSelf();
        return fanout;
    }

    private void add(Fanout<Q, A> fanout, int bytes) {
        RequestBatch<Q, A> batch = filling;
        if (batch != null && batch.isOutdated()) {
            batch = null;
        }
        if (batch != null && !batch.takes(bytes)) {
            batch.send();
            batch.flush();
            batch = null;
        }
        if (batch == null) {
            batch = new RequestBatch<>(context, method, written);
            filling = batch;
        }
        batch.add(fanout, bytes);
        if (!waiting) {
            waiting = true;
            // After the tasks that wait already: their calls join the batch.
            context.world().scheduler().execute(sendFilling);
        }
    }

    private void sendFilling() {
        RequestBatch<Q, A> batch = filling;
        waiting = false;
        filling = null;
        if (batch != null) {
            batch.send();
        }
    }
}
