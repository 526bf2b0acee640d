package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls and timers of one pass of a transfer. Once the pass is over, none of its
 * answers and timers has an effect.
 */
final class MemberCalls {
    private final RpcNode node;
    private final TransferLimits limits;
    private final End end;
    private final Consumer<Runnable> guard;
    private boolean over;

    /** How a pass ends before all is done. */
    interface End {
        /** This node's own replica knows a later change of the partition. */
        void superseded();

        /**
         * Something that is needed failed for too long.
         *
         * @param member the one that fails; null if it is no member's fault
         */
        void failed(@Nullable MemberId member, String reason);
    }

    /** @param guard runs what comes later */
    MemberCalls(RpcNode node, TransferLimits limits, End end, Consumer<Runnable> guard) {
        this.node = node;
        this.limits = limits;
        this.end = end;
        this.guard = guard;
    }

    void stop() {
        over = true;
    }

    long now() {
        return node.world().clock().nanos();
    }

    /** Runs a part of the pass that comes later, unless the pass is over. */
    void guard(Runnable part) {
        if (!over) {
            guard.accept(part);
        }
    }

    /** A timer for a part of the pass. */
    Repetition timer(Runnable task) {
        return new Repetition(node.world().scheduler(), limits.retryNanos(), () -> guard(task));
    }

    void superseded() {
        if (!over) {
            end.superseded();
        }
    }

    void failed(@Nullable MemberId member, String reason) {
        if (!over) {
            end.failed(member, reason);
        }
    }

    /** Calls a method of a member once. */
    <Q, A> void send(MemberId to, RpcMethod<Q, A> method, Q request, Consumer<A> onReply, Consumer<String> onFailure) {
        node.loop().send(to.node(), method, request, limits.answerNanos(), new ReplyHandler<A>() {
            @Override
            public void onReply(NodeId peer, A response) {
                guard(() -> onReply.accept(response));
            }

            @Override
            public void onFailure(NodeId peer, RpcException failure) {
                boolean ownRefuses = peer.equals(node.self()) && RefusalKind.of(failure) == RefusalKind.OTHER_EPOCH;
                guard(() -> {
                    if (ownRefuses) {
                        superseded();
                    } else {
                        onFailure.accept(String.valueOf(failure.getMessage()));
                    }
                });
            }
        });
    }
}
