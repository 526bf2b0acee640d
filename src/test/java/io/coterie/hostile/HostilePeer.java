package io.coterie.hostile;

import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.RandomSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** A node that belongs to the cluster, and sends replicas what it likes. */
final class HostilePeer {
    private static final int IN_FLIGHT = 32;
    private static final long TIMEOUT_NANOS = Duration.ofSeconds(20).toNanos();

    private final RpcNode node;
    private final List<NodeId> replicas;
    private static final String UNKNOWN_STORE = "refusal 1";
    private static final String OTHER_REPLICAS = "refusal 3";

    private final ConcurrentMap<String, Integer> ends = new ConcurrentHashMap<>();

    HostilePeer(RpcNode node, List<NodeId> replicas) {
        this.node = node;
        this.replicas = replicas;
    }

    RpcNode node() {
        return node;
    }

    /**
     * How messages ended, by the kind of that: "answered", the name of a failure, or the code of a
     * refusal.
     */
    Map<String, Integer> ends() {
        return ends;
    }

    /**
     * Sends one message to one replica. Completes with "answered", or with the text of its refusal.
     */
    CompletableFuture<String> send(String replica, HostileMessage message) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        node.world()
                .scheduler()
                .execute(() -> send(NodeId.of(replica), message.method(), message.bytes(), new Ended() {
                    @Override
                    public void with(String kind, String text) {
                        answer.complete(text);
                    }
                }));
        return answer;
    }

    /**
     * Sends many messages, some valid and most of them changed.
     *
     * @return completes when each has been answered, refused or lost
     */
    CompletableFuture<Void> attack(int count, HostileMessages messages, HostileMutator mutator, RandomSource random) {
        Attack attack = new Attack(count, messages, mutator, random);
        node.world().scheduler().execute(attack::start);
        return attack.over;
    }

    private interface Ended {
        void with(String kind, String text);
    }

    private void send(NodeId replica, String method, byte[] request, Ended then) {
        boolean again = !method.startsWith("strong.forward");
        RpcMethod<byte[], byte[]> raw = new RpcMethod<>(method, Codec.bytes(), Codec.bytes(), again);
        node.loop().send(replica, raw, request, TIMEOUT_NANOS, new ReplyHandler<>() {
            @Override
            public void onReply(NodeId peer, byte[] response) {
                ended("answered", "answered");
            }

            @Override
            public void onFailure(NodeId peer, RpcException failure) {
                if (failure instanceof RemoteException remote) {
                    ended(remote.code() == 0 ? remote.type() : "refusal " + remote.code(), remote.remoteMessage());
                } else {
                    ended(failure.getClass().getName(), String.valueOf(failure.getMessage()));
                }
            }

            private void ended(String kind, String text) {
                ends.merge(kind, 1, Integer::sum);
                then.with(kind, text);
            }
        });
    }

    /** Many messages, some of which are in flight at a time. */
    private final class Attack {
        final CompletableFuture<Void> over = new CompletableFuture<>();
        private final HostileMessages messages;
        private final HostileMutator mutator;
        private final RandomSource random;
        private int unsent;
        private int inFlight;

        Attack(int count, HostileMessages messages, HostileMutator mutator, RandomSource random) {
            this.unsent = count;
            this.messages = messages;
            this.mutator = mutator;
            this.random = random;
        }

        void start() {
            replicas.forEach(this::introduce);
            sendMore();
        }

        private void introduce(NodeId replica) {
            for (StoreSpec store : messages.stores()) {
                HostileMessage open = messages.open(store, false);
                send(replica, open.method(), open.bytes(), (kind, text) -> {});
            }
        }

        private void sendMore() {
            while (unsent > 0 && inFlight < IN_FLIGHT) {
                unsent--;
                inFlight++;
                NodeId replica = replicas.get((int) random.nextLong(replicas.size()));
                List<HostileMessage> all = messages.all();
                HostileMessage next = all.get((int) random.nextLong(all.size()));
                byte[] bytes = random.nextLong(5) == 0 ? next.bytes() : mutator.mutate(next);
                send(replica, next.method(), bytes, (kind, text) -> ended(replica, kind));
            }
            if (unsent == 0 && inFlight == 0) {
                over.complete(null);
            }
        }

        private void ended(NodeId replica, String kind) {
            inFlight--;
            if (kind.equals(UNKNOWN_STORE) || kind.equals(OTHER_REPLICAS)) {
                // It has named other replicas than its own to this replica: without this it would
                // hear nothing else.
                introduce(replica);
            }
            node.world().scheduler().execute(this::sendMore);
        }
    }
}
