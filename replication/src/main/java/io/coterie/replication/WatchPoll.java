package io.coterie.replication;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.Responder;
import io.coterie.rpc.RpcException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One question to one replica, which answers when it has something to tell. */
final class WatchPoll implements ReplyHandler<WatchAnswer>, Responder<WatchAnswer> {
    /** A full answer may take a slow link that long. */
    private static final long SLOW_ANSWER_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** What does not pass by itself, as a failure of a replica or of the network does. */
    private static final Set<RefusalKind> LASTING = Set.of(
            RefusalKind.TOO_MANY_WATCHES, RefusalKind.LONG_PREFIX, RefusalKind.OTHER_REPLICAS, RefusalKind.TOO_LARGE);

    private final Replication replication;
    private final WatchRequest request;
    private final Consumer<@Nullable WatchAnswer> then;

    WatchPoll(Replication replication, WatchRequest request, Consumer<@Nullable WatchAnswer> then) {
        this.replication = replication;
        this.request = request;
        this.then = then;
    }

    /**
     * Asks.
     *
     * @param local the replica, if it is this node's own
     */
    void start(NodeId replica, @Nullable Replica local) {
        if (local == null) {
            long answer = replication.tellsOfLoss() ? SLOW_ANSWER_NANOS : replication.attemptNanos();
            long timeout = WatchMethod.LONGEST_WAIT_NANOS + answer;
            replication.node().send(replica, WatchMethod.METHOD, request, timeout, this);
        } else {
            local.watch(replica, request, replication.node().maxPayloadBytes(), this);
        }
    }

    @Override
    public void onReply(NodeId peer, WatchAnswer response) {
        then.accept(response);
    }

    @Override
    public void onFailure(NodeId peer, RpcException failure) {
        failed(peer, RefusalKind.of(failure), replication.describe(peer, failure));
    }

    @Override
    public void reply(WatchAnswer response) {
        then.accept(response);
    }

    @Override
    public void fail(Throwable error) {
        failed(replication.self(), RefusalKind.of(error), String.valueOf(error.getMessage()));
    }

    private void failed(NodeId replica, RefusalKind kind, String problem) {
        StoreSpec store = replication.stores().find(request.store());
        if (LASTING.contains(kind)) {
            replication.watches().refused(replica, request.store(), problem);
        }
        if (store != null && kind == RefusalKind.UNKNOWN_STORE) {
            replication.stores().introduce(replica, store, told -> then.accept(null));
        } else {
            then.accept(null);
        }
    }
}
