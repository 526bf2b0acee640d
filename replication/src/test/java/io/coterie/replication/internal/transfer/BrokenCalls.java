package io.coterie.replication.internal.transfer;

import io.coterie.replication.internal.wire.ListMethod;
import io.coterie.replication.internal.wire.ListMethod.Page;
import io.coterie.replication.internal.wire.TransferMethod;
import io.coterie.replication.internal.wire.TransferMethod.Known;
import io.coterie.rpc.NodeLoop;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import io.coterie.rpc.spi.Finding;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A node whose calls of a transfer are changed, to break one of its rules. */
final class BrokenCalls implements NodeLoop {
    private final RpcNode node;
    private final Break how;

    /** What is broken. */
    interface Break {
        /** What is sent in place of a part; null for nothing. */
        default @Nullable Known sent(Known known) {
            return known;
        }

        /** What a member seems to have listed. */
        default Page listed(Page page) {
            return page;
        }

        /** Whether a member seems to have taken whatever it is sent, before it has. */
        default boolean seemsToTake(NodeId member) {
            return false;
        }
    }

    private BrokenCalls(RpcNode node, Break how) {
        this.node = node;
        this.how = how;
    }

    static UnaryOperator<RpcNode> of(Break how) {
        return node -> (RpcNode) Proxy.newProxyInstance(
                RpcNode.class.getClassLoader(), new Class<?>[] {RpcNode.class}, (proxy, called, arguments) -> {
                    if (called.getName().equals("loop")) {
                        return new BrokenCalls(node, how);
                    }
                    try {
                        return called.invoke(node, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Override
    @SuppressWarnings("unchecked")
    public <Q, R> boolean send(
            NodeId peer, RpcMethod<Q, R> method, Q request, long timeoutNanos, ReplyHandler<R> reply) {
        if (method.name().equals(TransferMethod.METHOD.name())) {
            if (how.seemsToTake(peer)) {
                node.world()
                        .scheduler()
                        .execute(() -> ((ReplyHandler<TransferMethod.Answer>) reply)
                                .onReply(peer, new TransferMethod.Answer(List.of())));
                return true;
            }
            return node.loop().send(peer, method, (Q) changed((TransferMethod.Request) request), timeoutNanos, reply);
        }
        if (!method.name().equals(ListMethod.METHOD.name())) {
            return node.loop().send(peer, method, request, timeoutNanos, reply);
        }
        return node.loop().send(peer, method, request, timeoutNanos, new ReplyHandler<>() {
            @Override
            public void onReply(NodeId from, R response) {
                reply.onReply(from, (R) how.listed((Page) response));
            }

            @Override
            public void onFailure(NodeId from, RpcException failure) {
                reply.onFailure(from, failure);
            }
        });
    }

    private TransferMethod.Request changed(TransferMethod.Request request) {
        List<Known> known =
                request.known().stream().map(how::sent).filter(Objects::nonNull).toList();
        return new TransferMethod.Request(request.since(), request.incarnation(), request.stores(), known);
    }

    @Override
    public <Q> void tell(NodeId peer, RpcMethod<Q, ?> method, Q request) {
        node.loop().tell(peer, method, request);
    }

    @Override
    public void flush(NodeId peer) {
        node.loop().flush(peer);
    }

    @Override
    public void setPeer(NodeId peer, HostPort address) {
        node.loop().setPeer(peer, address);
    }

    @Override
    public void find(HostPort address, int attempt, Consumer<Finding> then) {
        node.loop().find(address, attempt, then);
    }

    @Override
    public void removePeer(NodeId peer) {
        node.loop().removePeer(peer);
    }

    @Override
    public void setReplicas(Set<NodeId> names) {
        node.loop().setReplicas(names);
    }

    @Override
    public Role role(NodeId peer) {
        return node.loop().role(peer);
    }

    @Override
    public long silenceNanos(NodeId peer) {
        return node.loop().silenceNanos(peer);
    }
}
