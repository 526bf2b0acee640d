package io.coterie.replication.internal.quorum;

import io.coterie.replication.internal.budget.NodeWatches;
import io.coterie.replication.internal.policy.WatchAnswer;
import io.coterie.replication.internal.policy.WatchRequest;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.WatchMethod;
import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.Responder;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One question of a watch to one replica, which answers when it has accepted something. */
public final class WatchPoll implements ReplyHandler<WatchAnswer>, Responder<WatchAnswer> {
    /** How long a full answer may take over a slow connection. */
    private static final long SLOW_ANSWER_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Refusals that do not pass by themselves, unlike a failure of a replica or the network. */
    private static final Set<RefusalKind> LASTING =
            Set.of(RefusalKind.TOO_MANY_WATCHES, RefusalKind.LONG_PREFIX, RefusalKind.TOO_LARGE);

    private final QuorumContext context;
    private final StoreIntroduction stores;
    private final NodeWatches watches;
    private final WatchRequest request;
    private final Consumer<@Nullable WatchAnswer> then;

    public WatchPoll(
            QuorumContext context,
            StoreIntroduction stores,
            NodeWatches watches,
            WatchRequest request,
            Consumer<@Nullable WatchAnswer> then) {
        this.context = context;
        this.stores = stores;
        this.watches = watches;
        this.request = request;
        this.then = then;
    }

    /**
     * Asks.
     *
     * @param local the handler of watches at this node, if it is the replica
     */
    public void start(NodeId replica, @Nullable InlineHandler<WatchRequest, WatchAnswer> local) {
        if (local == null) {
            long answer = context.reportsLoss() ? SLOW_ANSWER_NANOS : context.attemptNanos();
            long timeout = WatchMethod.MAX_WAIT_NANOS + answer;
            context.loop().send(replica, WatchMethod.METHOD, context.here().to(replica, request), timeout, this);
        } else {
            local.handle(replica, request, this);
        }
    }

    @Override
    public void onReply(NodeId peer, WatchAnswer response) {
        then.accept(response);
    }

    @Override
    public void onFailure(NodeId peer, RpcException failure) {
        failed(peer, RefusalKind.of(failure), context.describe(peer, failure));
    }

    @Override
    public void reply(WatchAnswer response) {
        then.accept(response);
    }

    @Override
    public void fail(Throwable error) {
        failed(context.self(), RefusalKind.of(error), String.valueOf(error.getMessage()));
    }

    private void failed(NodeId replica, RefusalKind kind, String problem) {
        if (kind == RefusalKind.OTHER_EPOCH || kind == RefusalKind.OTHER_INCARNATION) {
            context.refusedBy(replica);
        }
        if (LASTING.contains(kind)) {
            watches.refused(replica, request.store(), problem);
        }
        boolean introduced = kind == RefusalKind.UNKNOWN_STORE
                && stores.introduce(replica, request.store(), ignored -> then.accept(null));
        if (!introduced) {
            then.accept(null);
        }
    }
}
