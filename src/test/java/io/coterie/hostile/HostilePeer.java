package io.coterie.hostile;

import io.coterie.hostile.HostileMessage.Address;
import io.coterie.replication.internal.membership.ConfigurationFormat;
import io.coterie.replication.internal.membership.Placement;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.RandomSource;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/** A node that belongs to the cluster, and sends replicas what it likes. */
final class HostilePeer {
    private static final int IN_FLIGHT = 32;
    private static final long TIMEOUT_NANOS = Duration.ofSeconds(20).toNanos();

    private final RpcNode node;
    private final List<NodeId> replicas;
    private static final String OTHER_EPOCH = "refusal 15";

    private final ConcurrentMap<NodeId, Address> addresses = new ConcurrentHashMap<>();
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
                .execute(() -> addressed(NodeId.of(replica), address -> {
                    HostileMessage addressed = message.to(address);
                    send(
                            NodeId.of(replica),
                            addressed.method(),
                            addressed.bytes(),
                            (kind, text) -> answer.complete(text));
                }));
        return answer;
    }

    /** What a replica expects at the begin of requests, as it says itself. */
    CompletableFuture<Address> address(String replica) {
        CompletableFuture<Address> address = new CompletableFuture<>();
        node.world().scheduler().execute(() -> addressed(NodeId.of(replica), address::complete));
        return address;
    }

    private void addressed(NodeId replica, Consumer<Address> then) {
        Address known = addresses.get(replica);
        if (known != null) {
            then.accept(known);
            return;
        }
        byte[] none = new byte[Long.BYTES];
        node.loop().send(replica, raw("replica.configuration", true), none, TIMEOUT_NANOS, new ReplyHandler<>() {
            @Override
            public void onReply(NodeId peer, byte[] found) {
                // A byte that says whether there is one, and the configuration.
                if (found[0] != 0) {
                    ByteBuffer configuration = ByteBuffer.wrap(found, 1, found.length - 1);
                    Placement placement =
                            ConfigurationFormat.read(configuration).placement(0);
                    addresses.put(replica, new Address(placement.since(), placement.incarnationOf(replica)));
                }
                then.accept(addresses.getOrDefault(replica, Address.UNKNOWN));
            }

            @Override
            public void onFailure(NodeId peer, RpcException failure) {
                then.accept(Address.UNKNOWN);
            }
        });
    }

    private static RpcMethod<byte[], byte[]> raw(String method, boolean again) {
        return new RpcMethod<>(method, Codec.bytes(), Codec.bytes(), again);
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
        node.loop().send(replica, raw(method, again), request, TIMEOUT_NANOS, new ReplyHandler<>() {
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
            replicas.forEach(this::askForAddress);
            sendMore();
        }

        private void askForAddress(NodeId replica) {
            addressed(replica, address -> {});
        }

        private void sendMore() {
            while (unsent > 0 && inFlight < IN_FLIGHT) {
                unsent--;
                inFlight++;
                NodeId replica = replicas.get((int) random.nextLong(replicas.size()));
                List<HostileMessage> all = messages.all();
                HostileMessage next =
                        all.get((int) random.nextLong(all.size())).to(addresses.getOrDefault(replica, Address.UNKNOWN));
                byte[] bytes = random.nextLong(5) == 0 ? next.bytes() : mutator.mutate(next);
                send(replica, next.method(), bytes, (kind, text) -> ended(replica, kind));
            }
            if (unsent == 0 && inFlight == 0) {
                over.complete(null);
            }
        }

        private void ended(NodeId replica, String kind) {
            inFlight--;
            if (kind.equals(OTHER_EPOCH)) {
                // Its question for the address may have been lost.
                askForAddress(replica);
            }
            node.world().scheduler().execute(this::sendMore);
        }
    }
}
