package io.coterie.consistency.simulated.members;

import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.ChangeRefusedException;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.change.ChangeListener;
import io.coterie.replication.internal.change.ChangeRequest;
import io.coterie.replication.internal.change.ChangeRequest.Newcomer;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.Member;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.SimDisk;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whoever runs the cluster: changes its members, takes changes back, ends the nodes that drive them,
 * and handles disks without care, one at a time. Knows the whole cluster, and draws all from the
 * seed.
 */
final class Operator {
    private static final Duration MAX_OUTAGE = Duration.ofSeconds(3);

    private final Simulation simulation;
    private final SimulatedCluster cluster;
    private final ChangesShape shape;
    private final MembersAudit audit;
    private final SimRandom random;
    private final List<SimNode> replicas;
    private final Map<SimNode, Copy> copies = new HashMap<>();

    /** What a disk had during one start. */
    private record Copy(SimDisk.Image image, int start) {}

    /** The member whose records are lost, until it is one no more. */
    private @Nullable MemberId lost;

    /** The replica that runs on an older copy. */
    private @Nullable SimNode older;

    /** The epoch at which a newcomer was last asked for: the next one may name its present records. */
    private final Map<NodeId, Long> asked = new HashMap<>();

    private @Nullable SimNode driver;
    private @Nullable Configuration last;

    private int reached;
    private int begun;
    private int made;

    /** @param replicas all that may become members */
    Operator(
            Simulation simulation,
            SimulatedCluster cluster,
            ChangesShape shape,
            MembersAudit audit,
            List<SimNode> replicas) {
        this.simulation = simulation;
        this.cluster = cluster;
        this.shape = shape;
        this.audit = audit;
        this.replicas = replicas;
        this.random = simulation.random("operator");
        now();
    }

    /** The newest configuration that a replica has. */
    Configuration now() {
        Configuration newest = null;
        for (SimNode node : replicas) {
            Configuration adopted = node.isUp() ? cluster.loop(node).configuration() : null;
            if (adopted != null && (newest == null || adopted.epoch() > newest.epoch())) {
                newest = adopted;
            }
        }
        last = newest == null ? last : newest;
        return Objects.requireNonNull(last, "the cluster is not founded");
    }

    /** What was done, and where all replicas are, as a human-readable text. */
    String text() {
        StringBuilder text = new StringBuilder(begun + " changes begun, " + made + " seen made; " + last);
        for (SimNode node : replicas) {
            text.append("\n").append(node);
            if (!node.isUp()) {
                text.append(" is down");
                continue;
            }
            Configuration adopted = cluster.loop(node).configuration();
            text.append(" has epoch ").append(adopted == null ? 0 : adopted.epoch());
            text.append(", ").append(cluster.replication(node).localState());
            text.append(", ").append(cluster.replication(node).localProblem());
        }
        return text + "\nlost: " + lost + ", older copy: " + older;
    }

    /** Does one thing. */
    void act() {
        Configuration now = now();
        noteHealing(now);
        handleDisks();
        double kind = random.nextDouble();
        if (kind < 0.2) {
            lose(now);
        } else if (now.isMoving()) {
            disturb(kind);
        } else if (kind < 0.25) {
            move(now);
        } else {
            begin(now);
            if (random.chance(0.15)) {
                begin(now);
            }
            if (random.chance(0.2)) {
                endDriverSoon();
            }
        }
    }

    private void disturb(double kind) {
        if (kind < 0.35) {
            SimNode node = anyUp();
            if (node != null) {
                node.execute(() -> cluster.changes(node).abort(refusal -> {}));
            }
        } else if (kind < 0.5) {
            endDriver();
        } else if (kind < 0.6) {
            begin(now());
        }
    }

    private void move(Configuration now) {
        SimNode node = anyUp();
        if (node != null) {
            NodeId moved = random.pick(names(now));
            node.execute(() -> cluster.changes(node).move(moved, "", refusal -> {}));
        }
    }

    private void begin(Configuration now) {
        ChangeRequest request = draw(now);
        SimNode node = anyUp();
        if (node == null || request == null) {
            return;
        }
        driver = node;
        Newcomer newcomer = request.newcomer();
        if (newcomer != null) {
            asked.put(newcomer.node(), now.epoch());
        }
        node.execute(() -> cluster.changes(node).begin(request, new ChangeListener() {
            @Override
            public void begun(long epoch) {
                begun++;
            }

            @Override
            public void ended(@Nullable ChangeRefusedException refusal) {
                made += refusal == null ? 1 : 0;
            }
        }));
    }

    private @Nullable ChangeRequest draw(Configuration now) {
        List<NodeId> members = names(now);
        List<NodeId> spares = replicas.stream()
                .map(SimNode::id)
                .filter(name -> !members.contains(name))
                .toList();
        int wanted = wanted(members.size());
        NodeId leaving = random.pick(members);
        if (members.size() > wanted && members.size() > shape.fewest()) {
            return new ChangeRequest(leaving, null, random.chance(0.7));
        }
        if (spares.isEmpty()) {
            return null;
        }
        Newcomer newcomer = new Newcomer(random.pick(spares), "");
        if (members.size() < wanted) {
            return new ChangeRequest(null, newcomer, false);
        }
        boolean force = shape.kind() == ChangesShape.Kind.MEMORY || random.chance(0.5);
        if (!force) {
            end(simulation.node(leaving.name()));
        }
        return new ChangeRequest(leaving, newcomer, force);
    }

    private int wanted(int size) {
        if (shape.sizes().isEmpty()) {
            return random.chance(0.6) ? size : shape.fewest() + random.nextInt(4);
        }
        while (reached < shape.sizes().size() - 1 && shape.sizes().get(reached) == size) {
            reached++;
        }
        return shape.sizes().get(reached);
    }

    private void endDriverSoon() {
        simulation.after(random.between(Duration.ZERO, Duration.ofMillis(500)), this::endDriver);
    }

    private void endDriver() {
        SimNode node = driver;
        if (node != null) {
            end(node);
        }
    }

    /** Ends a process, which is started again soon. Without a disk that would be a loss. */
    private void end(SimNode node) {
        if (!node.isUp() || shape.kind() == ChangesShape.Kind.MEMORY || older != null) {
            return;
        }
        if (random.chance(0.5)) {
            node.kill();
        } else {
            node.crash();
        }
        if (shape.kind() == ChangesShape.Kind.OLDER_COPIES) {
            start(node);
        } else {
            startSoon(node);
        }
    }

    private void startSoon(SimNode node) {
        simulation.after(random.between(Duration.ZERO, MAX_OUTAGE), () -> start(node));
    }

    /** A disk that fails is repaired. */
    private static void start(SimNode node) {
        if (!node.isUp()) {
            node.disk().endFailures();
            node.start();
        }
    }

    /** A loss is over when the lost member is one no more. */
    private void noteHealing(Configuration now) {
        MemberId gone = lost;
        if (gone != null && now.find(gone) == null && !now.isMoving()) {
            lost = null;
            older = null;
        }
    }

    private void handleDisks() {
        SimNode copy = older;
        if (copy != null && random.chance(0.1)) {
            audit.newRecords(copy.id());
            copy.crash();
            copy.disk().wipe();
            start(copy);
        }
        if (shape.kind() == ChangesShape.Kind.OLDER_COPIES) {
            SimNode node = random.pick(replicas);
            copies.putIfAbsent(node, new Copy(node.disk().image(), node.starts()));
            end(random.pick(replicas));
        }
    }

    private void lose(Configuration now) {
        if (!shape.kind().loses() || lost != null || older != null || now.isMoving()) {
            return;
        }
        SimNode node = random.pick(replicas);
        MemberId member = now.members().stream()
                .map(Member::id)
                .filter(id -> id.node().equals(node.id()))
                .findFirst()
                .orElse(null);
        if (shape.kind() == ChangesShape.Kind.OLDER_COPIES) {
            if (member != null && now.members().stream().allMatch(this::votes)) {
                restoreCopy(node, member);
            }
            return;
        }
        if (member == null && Objects.equals(asked.get(node.id()), now.epoch())) {
            return;
        }
        lost = member;
        node.crash();
        node.disk().wipe();
        if (random.chance(0.5)) {
            start(node);
        } else {
            startSoon(node);
        }
    }

    /** A copy is recognised by a later start that others remember. */
    private void restoreCopy(SimNode node, MemberId member) {
        Copy copy = copies.get(node);
        if (copy == null || copy.start() >= node.starts()) {
            return;
        }
        copies.remove(node);
        lost = member;
        older = node;
        audit.olderCopy(node.id());
        node.crash();
        node.disk().restore(copy.image());
        start(node);
    }

    private boolean votes(Member member) {
        SimNode node = simulation.node(member.id().node().name());
        return node.isUp() && cluster.replication(node).localState() == ReplicaState.VOTING;
    }

    /** Whether the members are settled, and nobody has lost anything. */
    boolean isSettled() {
        Configuration now = now();
        noteHealing(now);
        return lost == null
                && older == null
                && !now.isMoving()
                && replicas.stream().allMatch(SimNode::isUp)
                && now.members().stream()
                        .allMatch(member -> votes(member)
                                && now.equals(cluster.loop(simulation.node(
                                                member.id().node().name()))
                                        .configuration()));
    }

    private @Nullable SimNode anyUp() {
        List<SimNode> up = replicas.stream().filter(SimNode::isUp).toList();
        return up.isEmpty() ? null : random.pick(up);
    }

    private static List<NodeId> names(Configuration now) {
        return now.members().stream()
                .map(member -> member.id().node())
                .distinct()
                .toList();
    }
}
