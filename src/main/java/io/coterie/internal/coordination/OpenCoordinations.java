package io.coterie.internal.coordination;

import io.coterie.consistency.internal.coordination.node.Coordinator;
import io.coterie.consistency.internal.coordination.node.NodeLeases;
import io.coterie.coordination.Coordination;
import io.coterie.internal.operations.CallerLoop;
import io.coterie.internal.readiness.GatedStore;
import io.coterie.rpc.RpcNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The coordination that a node has opened: one object for each store, so that holders are observed
 * once. All of them share the bounds.
 */
public final class OpenCoordinations {
    private static final long MAX_CLOSE_MILLIS = 1_000;

    private final RpcNode node;
    private final CallerLoop loop;
    private final CoordinationRunner calls;
    private final NodeLeases shared = new NodeLeases();
    private final Duration operationTimeout;
    private final Map<String, StoreCoordination> opened = new LinkedHashMap<>();

    public OpenCoordinations(RpcNode node, CallerLoop loop, int maxCalls, Duration operationTimeout) {
        this.node = node;
        this.loop = loop;
        this.calls = new CoordinationRunner(loop, maxCalls);
        this.operationTimeout = operationTimeout;
    }

    /** The coordination whose records are in that strong store. */
    public Coordination of(String name, GatedStore store) {
        return loop.onLoop(() -> {
            synchronized (opened) {
                return opened.computeIfAbsent(name, absent -> newCoordination(name, store));
            }
        });
    }

    /** Releases the leases that the node holds, if a majority answers soon. */
    public void close() {
        CompletableFuture<?>[] endings;
        synchronized (opened) {
            endings = opened.values().stream().map(StoreCoordination::close).toArray(CompletableFuture[]::new);
        }
        if (endings.length > 0 && !node.world().scheduler().inLoop()) {
            await(CompletableFuture.allOf(endings));
        }
    }

    private StoreCoordination newCoordination(String name, GatedStore store) {
        Coordinator coordinator = new Coordinator(
                store, node.world(), node.executor("leadership listeners"), node.self(), operationTimeout, shared);
        return new StoreCoordination(name, calls, store.gate(), coordinator);
    }

    /**
     * A node that closes does not wait for long: leases that cannot be released end by
     * themselves.
     */
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
