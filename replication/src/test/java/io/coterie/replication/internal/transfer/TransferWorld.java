package io.coterie.replication.internal.transfer;

import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.Member;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.membership.MemberState;
import io.coterie.replication.internal.replica.LocalReplica;
import io.coterie.replication.internal.wire.ListMethod;
import io.coterie.replication.internal.wire.ListMethod.Cursor;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.Voters;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.CallOptions;
import io.coterie.rpc.Responder;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The replicas a, b, c and d, each of which votes by itself, so that a test can put anything into
 * it, and an observer, which asks for what they have.
 */
final class TransferWorld {
    static final List<String> REPLICAS = List.of("a", "b", "c", "d");

    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration CALL = Duration.ofSeconds(5);

    final Simulation simulation;
    private final Map<String, RpcNode> nodes = new HashMap<>();
    private final Map<String, LocalReplica> replicas = new HashMap<>();
    private final Map<String, Long> sinces = new HashMap<>();

    TransferWorld(long seed) {
        simulation = Simulation.create(seed);
        REPLICAS.forEach(name -> simulation.node(name, this::boot).start());
        simulation.node("observer", this::boot).start();
        simulation.runFor(Duration.ofSeconds(1));
    }

    /** From a, b and c to a, c and d. */
    static TransferPlan plan(long since) {
        return new TransferPlan(
                since, List.of(member("a"), member("b"), member("c")), List.of(member("a"), member("c"), member("d")));
    }

    static MemberId member(String name) {
        return new MemberId(NodeId.of(name), incarnation(name));
    }

    private static long incarnation(String name) {
        return name.hashCode();
    }

    RpcNode node(String name) {
        return Objects.requireNonNull(nodes.get(name));
    }

    /** From now on a replica is in this epoch. At first all are in 2. */
    void enter(String name, long since) {
        sinces.put(name, since);
    }

    private long since(String name) {
        return sinces.getOrDefault(name, 2L);
    }

    private void boot(SimStart start) {
        NodeId self = start.node().id();
        RpcNode node = RpcNode.builder()
                .cluster("simulated")
                .self(self)
                .transport(start.transport())
                .world(start.world())
                .executor(start.executor())
                .start();
        nodes.put(self.name(), node);
        if (self.name().equals("observer")) {
            return;
        }
        LocalReplica replica = LocalReplica.open(
                node,
                new HlcClock(start.world().clock(), start.world().random(), 1),
                self.name(),
                List.of(),
                () -> Voters.stable(List.of(self)),
                Storage.memory(),
                Map.of(),
                RetryPolicy.exponential(Duration.ofMillis(5), Duration.ofMillis(500)),
                CALL.toNanos());
        replicas.put(self.name(), replica);
        replica.start();
        replica.configured(alone(replica.replica().configurations().self()));
        replica.transfers()
                .gate((asked, incarnation) -> asked != since(self.name())
                        ? new ReplicaRefusal(RefusalKind.OTHER_EPOCH, "another epoch")
                        : incarnation == incarnation(self.name())
                                ? null
                                : new ReplicaRefusal(RefusalKind.OTHER_INCARNATION, "another incarnation"));
    }

    /** A configuration with which a replica votes without asking others. */
    private static Configuration alone(MemberId self) {
        return Configuration.genesis(1, List.of(new Member(self, "", "", MemberState.ACTIVE)), 1);
    }

    /** Has a replica record a store. */
    void open(String name, StoreSpec store) {
        on(
                name,
                replica -> replica.replica()
                        .stores()
                        .open(NodeId.of(name), new ReplicaMethods.Open(store, false), nobody()));
    }

    /** Runs something at a replica, on its loop. */
    void on(String name, Consumer<LocalReplica> action) {
        simulation.node(name).execute(() -> action.accept(Objects.requireNonNull(replicas.get(name))));
    }

    /** What each replica has now. */
    Map<String, Knowledge> observe() {
        Map<String, Knowledge> all = new TreeMap<>();
        List<CompletableFuture<?>> lists = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d")) {
            Knowledge knowledge = new Knowledge();
            all.put(name, knowledge);
            lists.add(observe(name, knowledge, Cursor.START));
        }
        simulation.runUntil(() -> lists.stream().allMatch(CompletableFuture::isDone), LIMIT);
        lists.forEach(CompletableFuture::join);
        return all;
    }

    private CompletableFuture<?> observe(String name, Knowledge knowledge, Cursor from) {
        ListMethod.Request request = new ListMethod.Request(since(name), incarnation(name), false, 1 << 20, from);
        return Objects.requireNonNull(nodes.get("observer"))
                .call(NodeId.of(name), ListMethod.METHOD, request, CallOptions.within(CALL))
                .thenCompose(page -> {
                    page.entries().forEach(entry -> knowledge.note(entry));
                    return page.next() == null
                            ? CompletableFuture.completedFuture(true)
                            : observe(name, knowledge, page.next()).thenApply(done -> true);
                });
    }

    static <A> Responder<A> nobody() {
        return answer(ignored -> {});
    }

    static <A> Responder<A> answer(Consumer<A> onReply) {
        return new Responder<>() {
            @Override
            public void reply(A response) {
                onReply.accept(response);
            }

            @Override
            public void fail(Throwable error) {}
        };
    }
}
