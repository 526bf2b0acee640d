package io.coterie.replication.internal.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.coterie.replication.internal.replica.Registers;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.HlcTimestamp;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.VersionedValue;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One simulated transfer from the replicas a, b and c to a, c and d. Each replica votes by itself,
 * so that the run can put anything into it: values under differing ballots, promises only, deleted
 * keys, removed keys, eventual values. Some of that, and rounds, come while the transfer runs.
 */
final class GroupsRun {
    private static final StoreSpec STRONG = new StoreSpec("s", "strong");

    /** Nothing is removed from it, so that no floor covers what was forgotten. */
    private static final StoreSpec KEPT = new StoreSpec("t", "strong");

    private static final StoreSpec WEAK = new StoreSpec("w", "eventual");
    private static final int KEYS = 60;
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private static TransferLimits limits(boolean throttled) {
        return new TransferLimits(
                1_500,
                4,
                Duration.ofSeconds(1).toNanos(),
                Duration.ofMillis(20).toNanos(),
                Duration.ofMillis(200).toNanos(),
                Duration.ofSeconds(20).toNanos(),
                throttled);
    }

    private final TransferWorld world;
    private final Simulation simulation;
    private final SimRandom random;
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

    /**
     * Runs a transfer, as it is or broken.
     *
     * @param changedPlan the plan that the transfer gets
     * @param changedNode the node that the transfer gets
     */
    GroupsRun(long seed, UnaryOperator<TransferPlan> changedPlan, UnaryOperator<RpcNode> changedNode) {
        this.changedPlan = changedPlan;
        this.changedNode = changedNode;
        world = new TransferWorld(seed);
        simulation = world.simulation;
        random = simulation.random("run");
        prefill();
        simulation.runFor(Duration.ofSeconds(1));
        before = world.observe();
        disturb();
        transfer();
        simulation.runFor(Duration.ofSeconds(4));
        simulation.network().heal();
        simulation.runFor(Duration.ofSeconds(1));
        after = world.observe();
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

    private void prefill() {
        for (String name : List.of("a", "b", "c")) {
            List.of(STRONG, KEPT, WEAK).forEach(store -> world.open(name, store));
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
        RpcNode node = changedNode.apply(world.node(driver));
        simulation
                .node(driver)
                .execute(() -> new Transfer(
                                node,
                                changedPlan.apply(TransferWorld.plan(2)),
                                limits(random.chance(0.5)),
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

    private void round(RecordKey key, Consumer<Boolean> done) {
        rounds++;
        new JointRound(world, random, key, nextBallot(), done).start();
    }

    private void late(String name, Consumer<Registers> action) {
        simulation.after(
                random.between(Duration.ZERO, Duration.ofMillis(20)),
                () -> world.on(name, replica -> action.accept(replica.replica().registers())));
    }

    private void promise(RecordKey key) {
        for (String name : some(1)) {
            Ballot ballot = nextBallot();
            late(
                    name,
                    registers -> registers.prepare(
                            NodeId.of(name), new ReplicaMethods.Prepare(key, ballot), TransferWorld.nobody()));
        }
        Ballot common = nextBallot();
        for (String name : some(1)) {
            late(
                    name,
                    registers -> registers.prepare(
                            NodeId.of(name), new ReplicaMethods.Prepare(key, common), TransferWorld.nobody()));
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
                            NodeId.of(name),
                            new ReplicaMethods.Accept(key, ballot, state, next),
                            TransferWorld.nobody()));
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
                                NodeId.of(name),
                                new ReplicaMethods.Remove(key, deleted, floor),
                                TransferWorld.nobody()))));
    }

    private void merge(int number) {
        RecordKey key = new RecordKey(WEAK.id(), ("key" + number).getBytes(UTF_8));
        for (String name : some(1)) {
            HlcTimestamp timestamp = new HlcTimestamp(++ballots << 16, 1);
            byte[] value = random.chance(0.2) ? null : new byte[random.nextInt(100)];
            world.on(
                    name,
                    replica -> replica.replica()
                            .merge(
                                    NodeId.of(name),
                                    new ReplicaMethods.Merge(key, new VersionedValue(timestamp, value)),
                                    TransferWorld.nobody()));
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

    private static RecordKey key(int number) {
        return new RecordKey((number % 2 == 0 ? STRONG : KEPT).id(), ("key" + number).getBytes(UTF_8));
    }
}
