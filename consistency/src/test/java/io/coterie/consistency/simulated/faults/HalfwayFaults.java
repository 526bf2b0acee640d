package io.coterie.consistency.simulated.faults;

import io.coterie.consistency.broken.BrokenStorage;
import io.coterie.consistency.simulated.callers.RunShape;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.Quorums;
import io.coterie.simulation.SimNetwork;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stops changes halfway: a minority of the replicas has accepted a state, and no other is to hear
 * of it. A client that proposed it is then paused. A home that did waits, until a client asks for
 * promises, which is paused in turn; the home then continues without those replicas, while that
 * client has seen the state and knows nothing of what comes next.
 */
public final class HalfwayFaults extends StruckMoments {
    private static final Duration MIN_PAUSE = Duration.ofMillis(20);
    private static final Duration MAX_PAUSE = Duration.ofMillis(120);

    /** Longer than any message is in flight. */
    private static final Duration LOST = Duration.ofMillis(15);

    private final SimRandom random;
    private final List<String> clients;
    private final long untilNanos;
    private final Map<SimNode, Change> changes = new HashMap<>();
    private final Set<SimNode> struck = new HashSet<>();

    /** Who has what the client proposed that was struck last. */
    private Set<SimNode> left = Set.of();

    private @Nullable Waiting waiting;

    /**
     * Faults that are drawn from the simulation's seed.
     *
     * @param chance of a strike at each state that is proposed
     * @param until when there are no more of them, in virtual time
     */
    public HalfwayFaults(Simulation simulation, List<String> clients, double chance, Duration until) {
        super(simulation, chance);
        this.random = simulation.random("halfway");
        this.clients = clients;
        this.untilNanos = until.toNanos();
    }

    /** What a coordinator is having accepted, by whom so far, and by how many at most. */
    private record Change(Ballot ballot, int most, Set<SimNode> acceptors) {}

    /**
     * A home that does not reach the others, and is not to reach those who have its state when it
     * continues.
     */
    private record Waiting(SimNode home, List<SimNode> acceptors, List<SimNode> others) {}

    @Override
    void appending(SimStart replica, ByteBuffer entry) {
        int kind = entry.get(entry.position());
        if (kind == BrokenStorage.PROMISE) {
            promised(promiseIn(entry));
        } else if (kind == BrokenStorage.REGISTER) {
            accepted(replica.node(), ballotAt(entry, BrokenStorage.promiseOf(entry) + Ballot.BYTES));
        }
    }

    private void promised(Ballot ballot) {
        boolean first = isFirst(ballot);
        SimNode coordinator = coordinator(ballot);
        Waiting home = waiting;
        if (first && coordinator != null && isClient(coordinator) && home != null) {
            waiting = null;
            pause(coordinator);
            simulation.after(random.between(Duration.ofMillis(1), Duration.ofMillis(4)), () -> continueWithout(home));
        }
    }

    private void accepted(SimNode replica, Ballot ballot) {
        SimNode coordinator = coordinator(ballot);
        if (coordinator == null || simulation.nanos() >= untilNanos || struck.contains(coordinator)) {
            return;
        }
        Change change = changes.get(coordinator);
        if (change == null || ballot.isAbove(change.ballot)) {
            int most = random.chance(chance)
                    ? 1 + random.nextInt(Quorums.tolerated(replicas().size()))
                    : 0;
            change = new Change(ballot, most, new LinkedHashSet<>());
            changes.put(coordinator, change);
        }
        if (change.ballot.equals(ballot) && change.acceptors.add(replica) && change.acceptors.size() == change.most) {
            strike(coordinator, change.acceptors);
        }
    }

    private void strike(SimNode coordinator, Set<SimNode> acceptors) {
        List<SimNode> others = replicas().stream()
                .map(id -> simulation.node(id.name()))
                .filter(replica -> !replica.equals(coordinator) && !acceptors.contains(replica))
                .toList();
        SimNetwork network = simulation.network();
        if (isClient(coordinator)) {
            left = acceptors;
            others.forEach(replica -> network.cut(coordinator, replica));
            pause(coordinator);
            simulation.after(LOST, () -> others.forEach(replica -> network.heal(coordinator, replica)));
        } else if (waiting == null) {
            others.forEach(replica -> network.cut(coordinator, replica));
            Set<SimNode> without = new LinkedHashSet<>(acceptors);
            without.addAll(left);
            without.remove(coordinator);
            await(new Waiting(coordinator, List.copyOf(without), others));
        }
    }

    private void await(Waiting home) {
        struck.add(home.home);
        waiting = home;
        simulation.after(random.between(Duration.ofMillis(30), Duration.ofMillis(80)), () -> {
            if (home.equals(waiting)) {
                waiting = null;
                continueWithout(home);
            }
        });
    }

    private void pause(SimNode client) {
        if (struck.add(client)) {
            client.pause();
            simulation.after(random.between(MIN_PAUSE, MAX_PAUSE), () -> {
                client.resume();
                struck.remove(client);
            });
        }
    }

    /**
     * Its own replica has the state, too: that one's disk is slow, so that the others answer first.
     */
    private void continueWithout(Waiting home) {
        SimNetwork network = simulation.network();
        home.others.forEach(replica -> {
            network.heal(home.home, replica);
            network.reset(home.home, replica);
        });
        home.home.disk().jobTime(Duration.ofMillis(5), Duration.ofMillis(20));
        home.acceptors.forEach(replica -> network.cutBoth(home.home, replica));
        simulation.after(random.between(MIN_PAUSE, MAX_PAUSE), () -> {
            home.home.disk().jobTime(RunShape.MIN_DELAY, RunShape.CONTEST_DELAY);
            home.acceptors.forEach(replica -> {
                network.heal(home.home, replica);
                network.heal(replica, home.home);
            });
            struck.remove(home.home);
        });
    }

    private boolean isClient(SimNode node) {
        return clients.contains(node.id().name());
    }
}
