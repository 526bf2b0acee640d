package io.coterie.replication.internal.keepers;

import io.coterie.replication.internal.wire.KeeperMethods;
import io.coterie.replication.internal.wire.KeeperMethods.Promise;
import io.coterie.replication.spi.Ballot;
import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.Responder;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Requests to keepers: to this node's own by a direct call, to the others by messages. */
final class KeeperCalls {
    private final RpcNode node;
    private final @Nullable Keeper own;
    private final long attemptNanos;

    /**
     * @param own null if this node is no replica
     * @param attemptNanos how long to wait for an answer
     */
    KeeperCalls(RpcNode node, @Nullable Keeper own, long attemptNanos) {
        this.node = node;
        this.own = own;
        this.attemptNanos = attemptNanos;
    }

    /** Whether another node has made a proposal to this node's keeper within a time. */
    boolean heardOther(long withinNanos) {
        Keeper mine = own;
        return mine != null && mine.heardOther(withinNanos);
    }

    RpcNode node() {
        return node;
    }

    long attemptNanos() {
        return attemptNanos;
    }

    /**
     * Asks a keeper to promise.
     *
     * @param failed gets the reason and what is known of it as a text
     */
    void prepare(
            NodeId keeper,
            KeeperMethods.Prepare request,
            Consumer<Promise> then,
            BiConsumer<Throwable, String> failed) {
        Keeper mine = own;
        call(keeper, KeeperMethods.PREPARE, request, mine == null ? null : mine::prepare, then, failed);
    }

    /** Asks a keeper to accept. */
    void accept(
            NodeId keeper, KeeperMethods.Accept request, Consumer<Ballot> then, BiConsumer<Throwable, String> failed) {
        Keeper mine = own;
        call(keeper, KeeperMethods.ACCEPT, request, mine == null ? null : mine::accept, then, failed);
    }

    private <Q, A> void call(
            NodeId keeper,
            RpcMethod<Q, A> method,
            Q request,
            @Nullable InlineHandler<Q, A> direct,
            Consumer<A> then,
            BiConsumer<Throwable, String> failed) {
        Answer<A> answer = new Answer<>(then, failed);
        if (direct != null && keeper.equals(node.self())) {
            direct.handle(keeper, request, answer);
        } else {
            node.loop().send(keeper, method, request, attemptNanos, answer);
        }
    }

    private record Answer<A>(Consumer<A> then, BiConsumer<Throwable, String> failed)
            implements ReplyHandler<A>, Responder<A> {
        @Override
        public void onReply(NodeId peer, A response) {
            then.accept(response);
        }

        @Override
        public void onFailure(NodeId peer, RpcException failure) {
            failed.accept(failure, String.valueOf(failure.getMessage()));
        }

        @Override
        public void reply(A response) {
            then.accept(response);
        }

        @Override
        public void fail(Throwable error) {
            failed.accept(error, String.valueOf(error.getMessage()));
        }
    }
}
