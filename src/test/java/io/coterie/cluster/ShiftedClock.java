package io.coterie.cluster;

import io.coterie.ApiHooks;
import io.coterie.CoterieBuilder;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.World;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;

/** The wall clock of a node's machine, which may be wrong. */
public final class ShiftedClock {
    private volatile Duration ahead = Duration.ZERO;

    /** From now on the clock is wrong by so much. */
    public void shift(Duration by) {
        ahead = by;
    }

    public CoterieBuilder on(CoterieBuilder builder) {
        return ApiHooks.around(builder, this::around);
    }

    private RpcNode around(RpcNode node) {
        World real = node.world();
        World shifted = new World(
                new Clock() {
                    @Override
                    public long nanos() {
                        return real.clock().nanos();
                    }

                    @Override
                    public long wallMillis() {
                        return real.clock().wallMillis() + ahead.toMillis();
                    }
                },
                real.scheduler(),
                real.random());
        return (RpcNode) Proxy.newProxyInstance(
                ShiftedClock.class.getClassLoader(), new Class<?>[] {RpcNode.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("world")) {
                        return shifted;
                    }
                    try {
                        return method.invoke(node, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
