package io.coterie.consistency;

import io.coterie.replication.Ballot;
import io.coterie.replication.Journal;
import io.coterie.replication.Quorums;
import io.coterie.replication.Replication;
import io.coterie.replication.Storage;
import io.coterie.rpc.NodeId;
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
 * Stops changes halfway: a minority of the replicas has accepted a state, and no other is to hear of it. A client that proposed it
 * is then paused. A home that did waits, until a client asks for promises, which is paused in turn; the home then goes on
 * without those replicas, while that client has seen the state and knows nothing of what comes next.
 */
final class HalfwayFaults {
    /** Kinds of entries, as a replica's journal has them at their first byte. */
    private static final int REGISTER = 5;

    private static final int PROMISE = 6;

    private static final Duration SHORTEST = Duration.ofMillis(20);
    private static final Duration LONGEST = Duration.ofMillis(120);

    /** Longer than any message is under way. */
    private static final Duration LOST = Duration.ofMillis(15);

    private final Simulation simulation;
    private final SimRandom random;
    private final List<String> clients;
    private final double chance;
    private final long untilNanos;
    private final Map<Long, NodeId> coordinators = new HashMap<>();
    private final Map<SimNode, Change> changes = new HashMap<>();
    private final Set<SimNode> struck = new HashSet<>();
    private List<NodeId> replicas = List.of();
    private Ballot highest = Ballot.NONE;

    /** Who has what the client proposed that was struck last. */
    private Set<SimNode> left = Set.of();

    private @Nullable Waiting waiting;

    /**
     * Faults that are drawn from the simulation's seed.
     *
     * @param chance of a strike at each state that is proposed
     * @param until when there are no more of them, in virtual time
     */
    HalfwayFaults(Simulation simulation, List<String> clients, double chance, Duration until) {
        this.simulation = simulation;
        this.random = simulation.random("halfway");
        this.clients = clients;
        this.chance = chance;
        this.untilNanos = until.toNanos();
    }

    /** What a coordinator is having accepted, by whom so far, and by how many at most. */
    private record Change(Ballot ballot, int most, Set<SimNode> acceptors) {}

    /** A home that does not reach the others, and is not to reach those who have its state when it goes on. */
    private record Waiting(SimNode home, List<SimNode> acceptors, List<SimNode> others) {}

    /** The storage of a replica whose journal tells of the right moments. */
    Storage hitting(SimStart start, Storage storage) {
        return chance == 0
                ? storage
                : new WrappedStorage(storage, (journal, world, reader) -> new WatchedJournal(start, journal));
    }

    /** A node has started, and may be struck. */
    void started(Replication replication) {
        coordinators.put(replication.writer(), replication.self());
        replicas = replication.replicas();
    }

    private void promised(Ballot ballot) {
        NodeId id = coordinators.get(ballot.proposer());
        boolean first = ballot.isAbove(highest);
        highest = Ballot.max(highest, ballot);
        Waiting home = waiting;
        if (first && id != null && clients.contains(id.name()) && home != null) {
            waiting = null;
            pause(simulation.node(id.name()));
            simulation.after(random.between(Duration.ofMillis(1), Duration.ofMillis(4)), () -> goOnWithout(home));
        }
    }

    private void accepted(SimNode replica, Ballot ballot) {
        NodeId id = coordinators.get(ballot.proposer());
        if (id == null || simulation.nanos() >= untilNanos || struck.contains(simulation.node(id.name()))) {
            return;
        }
        SimNode coordinator = simulation.node(id.name());
        Change change = changes.get(coordinator);
        if (change == null || ballot.isAbove(change.ballot)) {
            int most = random.chance(chance) ? 1 + random.nextInt(Quorums.tolerated(replicas.size())) : 0;
            change = new Change(ballot, most, new LinkedHashSet<>());
            changes.put(coordinator, change);
        }
        if (change.ballot.equals(ballot) && change.acceptors.add(replica) && change.acceptors.size() == change.most) {
            strike(coordinator, change.acceptors);
        }
    }

    private void strike(SimNode coordinator, Set<SimNode> acceptors) {
        List<SimNode> others = replicas.stream()
                .map(id -> simulation.node(id.name()))
                .filter(replica -> !replica.equals(coordinator) && !acceptors.contains(replica))
                .toList();
        SimNetwork network = simulation.network();
        if (clients.contains(coordinator.id().name())) {
            left = acceptors;
            others.forEach(replica -> network.cut(coordinator, replica));
            pause(coordinator);
            simulation.after(LOST, () -> others.forEach(replica -> network.mend(coordinator, replica)));
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
                goOnWithout(home);
            }
        });
    }

    private void pause(SimNode client) {
        if (struck.add(client)) {
            client.pause();
            simulation.after(random.between(SHORTEST, LONGEST), () -> {
                client.resume();
                struck.remove(client);
            });
        }
    }

    /** Its own replica has the state, too: that one's disk is slow, so that the others answer first. */
    private void goOnWithout(Waiting home) {
        SimNetwork network = simulation.network();
        home.others.forEach(replica -> {
            network.mend(home.home, replica);
            network.reset(home.home, replica);
        });
        home.home.disk().jobTime(Duration.ofMillis(5), Duration.ofMillis(20));
        home.acceptors.forEach(replica -> network.cutBoth(home.home, replica));
        simulation.after(random.between(SHORTEST, LONGEST), () -> {
            home.home.disk().jobTime(RunShape.SHORTEST_DELAY, RunShape.CONTEST_DELAY);
            home.acceptors.forEach(replica -> {
                network.mend(home.home, replica);
                network.mend(replica, home.home);
            });
            struck.remove(home.home);
        });
    }

    private final class WatchedJournal extends WrappedJournal {
        private final SimStart start;

        WatchedJournal(SimStart start, Journal journal) {
            super(journal);
            this.start = start;
        }

        @Override
        public long append(ByteBuffer record) {
            int kind = record.get(record.position());
            if (kind == PROMISE) {
                promised(ballotAt(record, record.limit() - Ballot.BYTES));
            } else if (kind == REGISTER) {
                accepted(start.node(), ballotAt(record, BrokenStorage.promiseOf(record) + Ballot.BYTES));
            }
            return super.append(record);
        }

        private static Ballot ballotAt(ByteBuffer entry, int at) {
            return new Ballot(entry.getLong(at), entry.getLong(at + Long.BYTES));
        }
    }
}
