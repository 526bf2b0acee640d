package io.coterie;

import io.coterie.rpc.NodeLoop;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Has a node dial replicas at addresses of its own, whatever addresses a configuration has. So
 * whoever leads a connection from one node to another through a proxy can cut it alone.
 */
public final class OwnWays {
    private OwnWays() {}

    /**
     * Makes the node that is built dial so.
     *
     * @param ways addresses of replicas; any other is dialed where the configuration says
     */
    public static CoterieBuilder on(CoterieBuilder builder, Map<String, String> ways) {
        UnaryOperator<RpcNode> before = builder.around;
        builder.around = node -> around(before.apply(node), Map.copyOf(ways));
        return builder;
    }

    private static RpcNode around(RpcNode node, Map<String, String> ways) {
        NodeLoop real = node.loop();
        NodeLoop own = proxy(NodeLoop.class, (proxy, method, arguments) -> {
            if (!method.getName().equals("setPeer")) {
                return invoke(real, method, arguments);
            }
            NodeId peer = (NodeId) arguments[0];
            String way = ways.get(peer.name());
            return invoke(real, method, peer, way == null ? arguments[1] : HostPort.parse(way));
        });
        return proxy(
                RpcNode.class,
                (proxy, method, arguments) -> method.getName().equals("loop") ? own : invoke(node, method, arguments));
    }

    private static Object invoke(Object target, Method method, Object... arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(OwnWays.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
