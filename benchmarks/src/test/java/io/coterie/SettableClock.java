package io.coterie;

import io.coterie.rpc.RpcNode;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.World;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * The wall clock of a machine, as the node on it reads it. It can be set wrong. Safe for use by any
 * thread.
 */
public final class SettableClock {
    private volatile long aheadMillis;

    /** Sets the clock ahead of the right time by so much. */
    public void setAhead(long millis) {
        aheadMillis = millis;
    }

    /** Makes the node that is built read this clock. */
    public CoterieBuilder on(CoterieBuilder builder) {
        builder.around = this::around;
        return builder;
    }

    private RpcNode around(RpcNode node) {
        World real = node.world();
        World own = new World(
                new Clock() {
                    @Override
                    public long nanos() {
                        return real.clock().nanos();
                    }

                    @Override
                    public long wallMillis() {
                        return real.clock().wallMillis() + aheadMillis;
                    }
                },
                real.scheduler(),
                real.random());
        return (RpcNode) Proxy.newProxyInstance(
                SettableClock.class.getClassLoader(), new Class<?>[] {RpcNode.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("world")) {
                        return own;
                    }
                    try {
                        return method.invoke(node, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
