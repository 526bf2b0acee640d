package io.coterie;

import io.coterie.consistency.coordination.Coordinator;
import io.coterie.consistency.coordination.NodeLeases;
import io.coterie.rpc.RpcNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What a node has opened for coordination: one for each store, so that what was seen of holders is seen once. What bounds it, all
 * of them share.
 */
final class Coordinations {
    private static final long MAX_CLOSE_MILLIS = 1_000;

    private final RpcNode node;
    private final NodeLoop loop;
    private final CoordinationRunner calls;
    private final NodeLeases shared = new NodeLeases();
    private final Duration operationTimeout;
    private final Map<String, Coordination> opened = new LinkedHashMap<>();

    Coordinations(RpcNode node, NodeLoop loop, int maxCalls, Duration operationTimeout) {
        this.node = node;
        this.loop = loop;
        this.calls = new CoordinationRunner(loop, maxCalls);
        this.operationTimeout = operationTimeout;
    }

    /** Of a strong store. */
    Coordination of(String name, GatedStore store) {
        return loop.onLoop(() -> {
            synchronized (opened) {
                return opened.computeIfAbsent(name, absent -> newCoordination(name, store));
            }
        });
    }

    /** Gives back what the node holds, as long as a majority answers soon. */
    void close() {
        CompletableFuture<?>[] endings;
        synchronized (opened) {
            endings = opened.values().stream().map(Coordination::close).toArray(CompletableFuture[]::new);
        }
        if (endings.length > 0 && !node.world().scheduler().inLoop()) {
            await(CompletableFuture.allOf(endings));
        }
    }

    private Coordination newCoordination(String name, GatedStore store) {
        Coordinator coordinator = new Coordinator(
                store, node.world(), node.executor("leadership listeners"), node.self(), operationTimeout, shared);
        return new Coordination(name, calls, store.gate(), coordinator);
    }

    /** A node that closes does not wait for others: leases that can't be given back end by themselves. */
    private static void await(CompletableFuture<Void> all) {
        try {
            all.get(MAX_CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            return;
        }
    }
}
