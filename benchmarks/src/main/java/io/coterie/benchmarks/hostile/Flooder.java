package io.coterie.benchmarks.hostile;

import io.coterie.benchmarks.harness.Parent;
import io.coterie.benchmarks.store.CoterieNode;
import io.coterie.replication.Opening;
import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationOptions;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.Voters;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A process that carries out a {@link Flood}, as a client of all three replicas that was let in
 * like any other.
 */
final class Flooder implements AutoCloseable {
    /** The question that the process answers with how many requests were answered or refused. */
    static final String ANSWERED = "answered";

    private static final long TIMEOUT_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long OPEN_SECONDS = 30;

    private final Flood flood;
    private final RpcMethod<byte[], byte[]> method;
    private final RpcNode node;
    private final Replication replication;
    private final AtomicLong answered = new AtomicLong();
    private long sent;
    private volatile boolean running = true;
    private volatile @Nullable RpcException lost;

    /** Connects, opens the store at the replicas with their own list, and begins. */
    Flooder(String name, String largeKey, List<Integer> ports) throws Exception {
        List<NodeId> replicas = new ArrayList<>();
        RpcNodeBuilder builder = RpcNode.builder().cluster(CoterieNode.CLUSTER).self("flooder");
        for (int i = 0; i < ports.size(); i++) {
            replicas.add(NodeId.of(CoterieNode.name(i)));
            builder.peer(replicas.get(i), new HostPort("127.0.0.1", ports.get(i)));
        }
        flood = Flood.of(
                name,
                CoterieNode.STORE,
                largeKey.getBytes(StandardCharsets.US_ASCII),
                String.join(", ", replicas.stream().map(NodeId::name).toList()));
        method = new RpcMethod<>(flood.method(), Codec.bytes(), Codec.bytes(), true);
        node = builder.start();
        replication = Replication.start(node, replicas, Storage.memory(), ReplicationOptions.defaults());
        open(replicas.size()).get(OPEN_SECONDS, TimeUnit.SECONDS);
        node.world().scheduler().execute(() -> {
            for (NodeId replica : replicas) {
                for (int i = 0; i < flood.inFlight(); i++) {
                    send(replica);
                }
            }
        });
    }

    private CompletableFuture<?> open(int replicas) {
        CompletableFuture<Opening> opened = new CompletableFuture<>();
        StoreSpec store = new StoreSpec(CoterieNode.STORE, "strong");
        node.world()
                .scheduler()
                .execute(() -> replication.loop().openStore(store, replicas, opening -> {
                    if (opening.isOpen()) {
                        opened.complete(opening);
                    }
                }));
        return opened;
    }

    private void send(NodeId replica) {
        byte[] request = addressed(replica, flood.request().apply(sent++));
        node.loop().send(replica, method, request, TIMEOUT_NANOS, new ReplyHandler<>() {
            @Override
            public void onReply(NodeId peer, byte[] response) {
                ended(peer);
            }

            // A refused request is as good as an answered one: the replicas' time counts.
            @Override
            public void onFailure(NodeId peer, RpcException failure) {
                if (failure instanceof OverloadedException || node.isConnected(peer)) {
                    ended(peer);
                } else if (running) {
                    lost = failure;
                }
            }
        });
    }

    /** The store is open at all replicas, so their records are known. */
    private byte[] addressed(NodeId replica, byte[] request) {
        if (!flood.isAddressed()) {
            return request;
        }
        Voters voters = replication.loop().voters();
        return new ByteWriter()
                .putLong(voters.since())
                .putLong(voters.incarnation(voters.indexOf(replica)))
                .putBytes(request)
                .toByteArray();
    }

    private void ended(NodeId replica) {
        answered.incrementAndGet();
        if (running) {
            // Not at once: requests that are refused before they leave would never let the turn
            // end.
            node.world().scheduler().execute(() -> send(replica));
        }
    }

    /**
     * How many requests were answered or refused. Fails if a replica was lost, as the flood is then
     * less than was meant.
     */
    long answered() {
        RpcException failure = lost;
        if (failure != null) {
            throw new IllegalStateException("the flood has lost a replica", failure);
        }
        return answered.get();
    }

    @Override
    public void close() {
        running = false;
        replication.close();
        node.close();
    }

    /**
     * Floods until the parent is done.
     *
     * @param args the name of the flood, the key with a large value, and the ports of the replicas
     */
    public static void main(String[] args) throws Exception {
        List<Integer> ports = Arrays.stream(args).skip(2).map(Integer::valueOf).toList();
        try (Flooder flooder = new Flooder(args[0], args[1], ports)) {
            Parent.attend(args[0], question -> {
                if (!question.equals(ANSWERED)) {
                    throw new IllegalArgumentException("question \"" + question + "\" is not " + ANSWERED);
                }
                return Long.toString(flooder.answered());
            });
        }
    }
}
