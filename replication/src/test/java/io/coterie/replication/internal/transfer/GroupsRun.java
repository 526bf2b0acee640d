package io.coterie.replication.internal.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.internal.replica.LocalReplica;
import io.coterie.replication.internal.replica.Registers;
import io.coterie.replication.internal.transfer.TransferPlan.Member;
import io.coterie.replication.internal.wire.ListMethod;
import io.coterie.replication.internal.wire.ListMethod.Cursor;
import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.PrepareAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.replication.spi.Voters;
import io.coterie.replication.storage.Storage;
import io.coterie.rpc.CallOptions;
import io.coterie.rpc.Responder;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One simulated transfer from the replicas a, b and c to a, c and d. Each replica votes by itself,
 * so that the run can put anything into it: values under differing ballots, promises only, deleted
 * keys, removed keys, eventual values. Some of that, and rounds, come while the transfer runs.
 */
final class GroupsRun {
    static final long SINCE = 2;

    private static final StoreSpec STRONG = new StoreSpec("s", "strong");

    /** Nothing is removed from it, so that no floor covers what was forgotten. */
    private static final StoreSpec KEPT = new StoreSpec("t", "strong");

    private static final StoreSpec WEAK = new StoreSpec("w", "eventual");
    private static final int KEYS = 60;
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration CALL = Duration.ofSeconds(5);
    private static final TransferLimits LIMITS = new TransferLimits(
            1_500,
            4,
            Duration.ofSeconds(1).toNanos(),
            Duration.ofMillis(20).toNanos(),
            Duration.ofMillis(200).toNanos(),
            Duration.ofSeconds(20).toNanos(),
            true);

    private final Simulation simulation;
    private final SimRandom random;
    private final Map<String, RpcNode> nodes = new HashMap<>();
    private final Map<String, LocalReplica> replicas = new HashMap<>();
    private final TransferPlan plan = new TransferPlan(
            SINCE, List.of(member("a"), member("b"), member("c")), List.of(member("a"), member("c"), member("d")));
    private final UnaryOperator<TransferPlan> changedPlan;
    private final UnaryOperator<RpcNode> changedNode;
    private long ballots = 1_000;
    private Transfer.@Nullable Outcome outcome;
    private Transfer.Progress progress = new Transfer.Progress(0, 0, 0);
    private int rounds;
    private final Set<RecordKey> removed = new HashSet<>();

    /** What all replicas had before, and what they have in the end, by their names. */
    final Map<String, Knowledge> before;

    final Map<String, Knowledge> after;

    /** All that one replica has. */
    static final class Knowledge {
        final Map<RecordKey, Listed.Register> registers = new HashMap<>();
        final Map<RecordKey, HlcTimestamp> values = new HashMap<>();
        final Map<Long, Ballot> floors = new HashMap<>();
        final List<StoreSpec> stores = new ArrayList<>();

        Ballot promised(RecordKey key) {
            Listed.Register register = registers.get(key);
            return register == null ? floor(key) : register.promised();
        }

        Ballot accepted(RecordKey key) {
            Listed.Register register = registers.get(key);
            return register == null ? Ballot.NONE : register.accepted();
        }

        /** The timestamp of a value, as a ballot. */
        Ballot timestamp(RecordKey key) {
            HlcTimestamp timestamp = values.getOrDefault(key, HlcTimestamp.NONE);
            return new Ballot(timestamp.time(), timestamp.writer());
        }

        Ballot floor(RecordKey key) {
            return floors.getOrDefault(key.store(), Ballot.NONE);
        }
    }

    /**
     * Runs a transfer, as it is or broken.
     *
     * @param changedPlan the plan that the transfer gets
     * @param changedNode the node that the transfer gets
     */
    GroupsRun(long seed, UnaryOperator<TransferPlan> changedPlan, UnaryOperator<RpcNode> changedNode) {
        this.changedPlan = changedPlan;
        this.changedNode = changedNode;
        simulation = Simulation.create(seed);
        random = simulation.random("run");
        for (String name : List.of("a", "b", "c", "d", "observer")) {
            simulation.node(name, this::boot).start();
        }
        simulation.runFor(Duration.ofSeconds(1));
        prefill();
        simulation.runFor(Duration.ofSeconds(1));
        before = observe();
        disturb();
        transfer();
        simulation.runFor(Duration.ofSeconds(4));
        simulation.network().heal();
        simulation.runFor(Duration.ofSeconds(1));
        after = observe();
    }

    Transfer.@Nullable Outcome outcome() {
        return outcome;
    }

    Transfer.Progress progress() {
        return progress;
    }

    /** Whether a key was deleted so that replicas forget it: its floor stands for it then. */
    boolean wasRemoved(RecordKey key) {
        return removed.contains(key);
    }

    int rounds() {
        return rounds;
    }

    static Member member(String name) {
        return new Member(NodeId.of(name), name.hashCode());
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
        replica.configured(List.of());
        replica.transfers()
                .gate((since, incarnation) -> since != SINCE
                        ? new ReplicaRefusal(RefusalKind.OTHER_EPOCH, "another epoch")
                        : incarnation == self.name().hashCode()
                                ? null
                                : new ReplicaRefusal(RefusalKind.OTHER_INCARNATION, "another incarnation"));
    }

    private void prefill() {
        for (String name : List.of("a", "b", "c")) {
            for (StoreSpec store : List.of(STRONG, KEPT, WEAK)) {
                on(
                        name,
                        replica -> replica.replica()
                                .stores()
                                .open(NodeId.of(name), new ReplicaMethods.Open(store, false), nobody()));
            }
        }
        for (int i = 0; i < KEYS; i++) {
            RecordKey key = key(i);
            switch (random.nextInt(6)) {
                case 0 -> promise(key);
                case 1 -> {
                    accept(key, List.of("a", "b", "c"), true);
                    promise(key);
                }
                case 2 -> {
                    Ballot deleted = accept(key, List.of("a", "b", "c"), false);
                    remove(key, deleted, some(1));
                }
                case 3 -> {
                    accept(key, some(1), true);
                    accept(key, some(1), true);
                }
                case 4 -> accept(key, some(2), true);
                default -> accept(key, List.of("a", "b", "c"), random.chance(0.7));
            }
            if (random.chance(0.5)) {
                merge(i);
            }
        }
    }

    /** What comes while the transfer runs, and who does not answer meanwhile. */
    private void disturb() {
        for (int i = 0; i < 15; i++) {
            simulation.after(random.between(Duration.ZERO, Duration.ofMillis(500)), this::change);
        }
        double chance = random.nextInt(100) / 100.0;
        if (chance < 0.3) {
            isolate("b", Duration.ZERO);
        } else if (chance < 0.6) {
            isolate(random.pick(List.of("a", "b", "c", "d")), random.between(Duration.ZERO, Duration.ofMillis(500)));
        }
    }

    private void isolate(String name, Duration after) {
        simulation.after(after, () -> simulation.network().isolate(simulation.node(name)));
        Duration until = after.plus(random.between(Duration.ofMillis(100), Duration.ofSeconds(3)));
        simulation.after(until, () -> simulation.network().heal());
    }

    private void change() {
        RecordKey key = key(random.nextInt(KEYS));
        switch (random.nextInt(4)) {
            case 0 -> promise(key);
            case 1 -> accept(key, some(1), true);
            case 2 -> {
                Ballot deleted = accept(key, List.of("a", "b", "c"), false);
                remove(key, deleted, List.of("a", "b", "c"));
            }
            default -> round(key, settled -> {});
        }
    }

    private void transfer() {
        String driver = random.pick(List.of("a", "c", "d"));
        RpcNode node = changedNode.apply(Objects.requireNonNull(nodes.get(driver)));
        simulation
                .node(driver)
                .execute(() -> new Transfer(
                                node,
                                changedPlan.apply(plan),
                                LIMITS,
                                (key, done) -> round(key, settled -> {
                                    simulation.node(driver).execute(() -> done.accept(settled));
                                }),
                                new Transfer.Listener() {
                                    @Override
                                    public void progressed(Transfer.Progress now) {
                                        progress = now;
                                    }

                                    @Override
                                    public void ended(Transfer.Outcome how) {
                                        outcome = how;
                                    }
                                })
                        .start());
        simulation.runUntil(() -> outcome != null, LIMIT);
    }

    /** A round under the joint quorum, whose messages take some time. */
    private void round(RecordKey key, Consumer<Boolean> done) {
        rounds++;
        Ballot ballot = nextBallot();
        List<String> all = List.of("a", "b", "c", "d");
        Map<String, PrepareAnswer> promises = new TreeMap<>();
        Map<String, Boolean> accepted = new TreeMap<>();
        boolean[] over = {false};
        for (String name : all) {
            late(
                    name,
                    registers -> registers.prepare(
                            NodeId.of(name),
                            new ReplicaMethods.Prepare(key, ballot),
                            answer((PrepareAnswer promise) -> {
                                if (promise.granted() && !isJoint(promises)) {
                                    promises.put(name, promise);
                                    if (isJoint(promises)) {
                                        propose(key, ballot, promises, accepted, over, done);
                                    }
                                }
                            })));
        }
        simulation.after(Duration.ofSeconds(1), () -> {
            if (!over[0]) {
                over[0] = true;
                done.accept(false);
            }
        });
    }

    private void propose(
            RecordKey key,
            Ballot ballot,
            Map<String, PrepareAnswer> promises,
            Map<String, Boolean> accepted,
            boolean[] over,
            Consumer<Boolean> done) {
        PrepareAnswer highest = promises.values().stream()
                .reduce((one, other) -> one.accepted().isAbove(other.accepted()) ? one : other)
                .orElseThrow();
        byte[] state = highest.state();
        if (state == null) {
            over[0] = true;
            done.accept(true);
            return;
        }
        for (String name : List.of("a", "b", "c", "d")) {
            late(
                    name,
                    registers -> registers.accept(
                            NodeId.of(name),
                            new ReplicaMethods.Accept(key, ballot, state, ballot),
                            answer((AcceptAnswer answer) -> {
                                if (answer.accepted()) {
                                    accepted.put(name, true);
                                }
                                if (!over[0] && isJoint(accepted)) {
                                    over[0] = true;
                                    done.accept(true);
                                }
                            })));
        }
    }

    private static boolean isJoint(Map<String, ?> answers) {
        return List.of("a", "b", "c").stream().filter(answers::containsKey).count() >= 2
                && List.of("a", "c", "d").stream().filter(answers::containsKey).count() >= 2;
    }

    private void promise(RecordKey key) {
        for (String name : some(1)) {
            Ballot ballot = nextBallot();
            late(
                    name,
                    registers -> registers.prepare(NodeId.of(name), new ReplicaMethods.Prepare(key, ballot), nobody()));
        }
        Ballot common = nextBallot();
        for (String name : some(1)) {
            late(
                    name,
                    registers -> registers.prepare(NodeId.of(name), new ReplicaMethods.Prepare(key, common), nobody()));
        }
    }

    private Ballot accept(RecordKey key, List<String> where, boolean value) {
        Ballot ballot = nextBallot();
        Ballot next = random.chance(0.5) ? nextBallot() : ballot;
        byte[] state = new byte[1 + random.nextInt(200)];
        state[0] = (byte) (value ? 1 : 0);
        for (String name : where) {
            late(
                    name,
                    registers -> registers.accept(
                            NodeId.of(name), new ReplicaMethods.Accept(key, ballot, state, next), nobody()));
        }
        return ballot;
    }

    /** After the delete has come everywhere. */
    private void remove(RecordKey key, Ballot deleted, List<String> where) {
        if (key.store() == KEPT.id()) {
            return;
        }
        removed.add(key);
        Ballot floor = nextBallot();
        simulation.after(
                Duration.ofMillis(50),
                () -> where.forEach(name -> late(
                        name,
                        registers -> registers.remove(
                                NodeId.of(name), new ReplicaMethods.Remove(key, deleted, floor), nobody()))));
    }

    private void merge(int number) {
        RecordKey key = new RecordKey(WEAK.id(), ("key" + number).getBytes(UTF_8));
        for (String name : some(1)) {
            HlcTimestamp timestamp = new HlcTimestamp(++ballots << 16, 1);
            byte[] value = random.chance(0.2) ? null : new byte[random.nextInt(100)];
            on(
                    name,
                    replica -> replica.replica()
                            .merge(
                                    NodeId.of(name),
                                    new ReplicaMethods.Merge(key, new VersionedValue(timestamp, value)),
                                    nobody()));
        }
    }

    private Ballot nextBallot() {
        return new Ballot(++ballots, 1);
    }

    /** So many of the group at least. */
    private List<String> some(int least) {
        List<String> names = new ArrayList<>(List.of("a", "b", "c"));
        random.shuffle(names);
        return List.copyOf(names.subList(0, least + random.nextInt(names.size() - least + 1)));
    }

    private void late(String name, Consumer<Registers> action) {
        simulation.after(
                random.between(Duration.ZERO, Duration.ofMillis(20)),
                () -> on(name, replica -> action.accept(replica.replica().registers())));
    }

    private void on(String name, Consumer<LocalReplica> action) {
        simulation.node(name).execute(() -> action.accept(Objects.requireNonNull(replicas.get(name))));
    }

    private static RecordKey key(int number) {
        return new RecordKey((number % 2 == 0 ? STRONG : KEPT).id(), ("key" + number).getBytes(UTF_8));
    }

    private Map<String, Knowledge> observe() {
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
        ListMethod.Request request = new ListMethod.Request(SINCE, name.hashCode(), false, 1 << 20, from);
        return Objects.requireNonNull(nodes.get("observer"))
                .call(NodeId.of(name), ListMethod.METHOD, request, CallOptions.within(CALL))
                .thenCompose(page -> {
                    page.entries().forEach(entry -> note(entry, knowledge));
                    return page.next() == null
                            ? CompletableFuture.completedFuture(true)
                            : observe(name, knowledge, page.next()).thenApply(done -> true);
                });
    }

    private static void note(Listed entry, Knowledge knowledge) {
        if (entry instanceof Listed.Register register) {
            knowledge.registers.put(register.key(), register);
        } else if (entry instanceof Listed.Value value) {
            knowledge.values.put(value.key(), value.value().timestamp());
        } else if (entry instanceof Listed.Floor floor) {
            knowledge.floors.put(floor.store(), floor.floor());
        } else if (entry instanceof Listed.Store store) {
            knowledge.stores.add(store.spec());
        }
    }

    private static <A> Responder<A> nobody() {
        return answer(ignored -> {});
    }

    private static <A> Responder<A> answer(Consumer<A> onReply) {
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
