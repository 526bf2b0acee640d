package io.coterie.consistency;

import io.coterie.replication.Ballot;
import io.coterie.replication.Journal;
import io.coterie.replication.Replication;
import io.coterie.replication.Storage;
import io.coterie.rpc.NodeId;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Strikes in the middle of a change, between a promise and what it is for: its coordinator stops for a while, the replica that has
 * just promised starts again, and of the other replicas one half does not hear the coordinator, and the other half nobody else.
 * Whether another change gets in between is then up to what that one replica remembers. Faults that come by time alone hardly
 * ever hit that moment.
 */
final class PromiseFaults {
    /** The kind of a promise's entry, as a replica's journal has it at its first byte. */
    private static final int PROMISE = 6;

    /** Mostly before a disk has forced the promise. */
    private static final Duration SOON = Duration.ofMillis(1);

    private static final Duration SHORTEST = Duration.ofMillis(60);
    private static final Duration LONGEST = Duration.ofMillis(200);

    private final Simulation simulation;
    private final SimRandom random;
    private final List<String> rivals;
    private final double chance;
    private final Duration latest;
    private final long untilNanos;
    private final Map<Long, NodeId> coordinators = new HashMap<>();
    private List<NodeId> replicas = List.of();
    private Ballot highest = Ballot.NONE;
    private boolean striking;

    /**
     * Faults that are drawn from the simulation's seed.
     *
     * @param rivals the nodes that change something
     * @param chance of a strike at each ballot
     * @param latest the longest time from a promise to a restart
     * @param until when there are no more of them, in virtual time
     */
    PromiseFaults(Simulation simulation, List<String> rivals, double chance, Duration latest, Duration until) {
        this.simulation = simulation;
        this.random = simulation.random("promises");
        this.rivals = rivals;
        this.chance = chance;
        this.latest = latest;
        this.untilNanos = until.toNanos();
    }

    /** The storage of a replica that suffers them. */
    Storage hitting(SimStart start, Storage storage) {
        return chance == 0
                ? storage
                : new WrappedStorage(storage, (journal, world, reader) -> new WatchedJournal(start, journal));
    }

    /** A node has started, and may be stopped when it asks for promises. */
    void started(Replication replication) {
        coordinators.put(replication.writer(), replication.self());
        replicas = replication.replicas();
    }

    private void promised(SimStart start, Ballot ballot) {
        boolean first = ballot.isAbove(highest);
        highest = Ballot.max(highest, ballot);
        NodeId coordinator = coordinators.get(ballot.proposer());
        if (first
                && !striking
                && coordinator != null
                && rivals.contains(coordinator.name())
                && simulation.nanos() < untilNanos
                && random.chance(chance)) {
            strike(start, simulation.node(coordinator.name()));
        }
    }

    private void strike(SimStart promising, SimNode coordinator) {
        striking = true;
        Map<SimNode, List<SimNode>> cuts = drawCuts(promising.node(), coordinator);
        cuts.forEach((from, all) -> all.forEach(to -> simulation.network().cut(from, to)));
        coordinator.pause();
        simulation.after(random.between(SHORTEST, LONGEST), () -> {
            striking = false;
            cuts.forEach((from, all) -> all.forEach(to -> simulation.network().mend(from, to)));
            coordinator.resume();
        });
        boolean losesPower = random.chance(0.5);
        simulation.after(random.between(Duration.ZERO, losesPower ? SOON : latest), () -> {
            if (promising.isAlive()) {
                restart(promising.node(), losesPower);
            }
        });
    }

    /** Whom each coordinator does not reach. */
    private Map<SimNode, List<SimNode>> drawCuts(SimNode promising, SimNode coordinator) {
        List<SimNode> others = new ArrayList<>();
        replicas.stream().map(id -> simulation.node(id.name())).forEach(others::add);
        others.remove(promising);
        random.shuffle(others);
        int half = others.size() / 2;
        Map<SimNode, List<SimNode>> cuts = new LinkedHashMap<>();
        for (String name : rivals) {
            SimNode rival = simulation.node(name);
            boolean struck = rival.equals(coordinator);
            cuts.put(rival, struck ? others.subList(0, half) : others.subList(half, others.size()));
        }
        return cuts;
    }

    private static void restart(SimNode node, boolean losesPower) {
        node.disk().mend();
        if (losesPower) {
            node.crash();
        } else {
            node.kill();
        }
        node.start();
    }

    /** The layout of a promise's entry is kind, store, length of the key, key, counter, proposer. */
    private static Ballot ballotOf(ByteBuffer entry) {
        int at = entry.limit() - Ballot.BYTES;
        return new Ballot(entry.getLong(at), entry.getLong(at + Long.BYTES));
    }

    private final class WatchedJournal extends WrappedJournal {
        private final SimStart start;

        WatchedJournal(SimStart start, Journal journal) {
            super(journal);
            this.start = start;
        }

        @Override
        public long append(ByteBuffer record) {
            if (record.get(record.position()) == PROMISE) {
                promised(start, ballotOf(record));
            }
            return super.append(record);
        }
    }
}
