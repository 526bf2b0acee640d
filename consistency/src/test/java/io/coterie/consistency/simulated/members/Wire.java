package io.coterie.consistency.simulated.members;

import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.NodeLoop;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sees the requests of all nodes, and loses those that a test does not let through. What a node
 * asks its own replica for in a round goes another way, and is not seen.
 */
class Wire {
    /** Whether a request reaches whoever serves it. Otherwise it is lost, and nobody hears of it. */
    boolean passes(NodeId server, NodeId caller, Object request) {
        return true;
    }

    /** A node has sent a request. */
    void sent(NodeId from, NodeId to, Object request) {}

    /**
     * A request is over.
     *
     * @param answer null if it has failed
     */
    void over(NodeId from, NodeId to, Object request, @Nullable Object answer) {}

    /** The same variant, on this wire. */
    final Variant under(Variant variant) {
        return variant.withNode(node -> variant.node().apply(tapped(node)));
    }

    private RpcNode tapped(RpcNode node) {
        NodeLoop loop = (NodeLoop) Proxy.newProxyInstance(
                NodeLoop.class.getClassLoader(),
                new Class<?>[] {NodeLoop.class},
                (proxy, called, arguments) ->
                        called.getName().equals("send") && Objects.requireNonNull(arguments).length == 5
                                ? send(node, arguments)
                                : call(node.loop(), called, arguments));
        return (RpcNode) Proxy.newProxyInstance(
                RpcNode.class.getClassLoader(), new Class<?>[] {RpcNode.class}, (proxy, called, arguments) -> {
                    if (called.getName().equals("loop")) {
                        return loop;
                    }
                    return called.getName().equals("serveInline")
                            ? call(node, called, tapped(node.self(), Objects.requireNonNull(arguments)))
                            : call(node, called, arguments);
                });
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private Object[] tapped(NodeId self, Object[] arguments) {
        InlineHandler handler = (InlineHandler) arguments[1];
        InlineHandler tapped = (caller, request, answer) -> {
            if (passes(self, caller, request)) {
                handler.handle(caller, request, answer);
            }
        };
        Object[] changed = arguments.clone();
        changed[1] = tapped;
        return changed;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private boolean send(RpcNode node, Object[] arguments) {
        NodeId to = (NodeId) arguments[0];
        Object request = arguments[2];
        ReplyHandler reply = (ReplyHandler) arguments[4];
        sent(node.self(), to, request);
        return node.loop().send(to, (RpcMethod) arguments[1], request, (long) arguments[3], new ReplyHandler() {
            @Override
            public void onReply(NodeId peer, Object response) {
                over(node.self(), to, request, response);
                reply.onReply(peer, response);
            }

            @Override
            public void onFailure(NodeId peer, RpcException failure) {
                over(node.self(), to, request, null);
                reply.onFailure(peer, failure);
            }

            @Override
            public boolean isWanted() {
                return reply.isWanted();
            }
        });
    }

    private static @Nullable Object call(Object target, Method called, Object @Nullable [] arguments) throws Throwable {
        try {
            return called.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
