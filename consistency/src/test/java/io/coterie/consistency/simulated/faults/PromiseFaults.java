package io.coterie.consistency.simulated.faults;

import io.coterie.consistency.broken.BrokenStorage;
import io.coterie.replication.spi.Ballot;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Strikes in the middle of a change, between a promise and what it is for: its coordinator stops
 * for a while, the replica that has just promised starts again, and of the other replicas one half
 * does not hear the coordinator, and the other half nobody else. Whether another change gets in
 * between is then up to what that one replica remembers. Faults that come by time alone hardly ever
 * hit that moment.
 */
public final class PromiseFaults extends StruckMoments {
    /** Mostly before a disk has forced the promise. */
    private static final Duration SOON = Duration.ofMillis(1);

    private static final Duration MIN_PAUSE = Duration.ofMillis(60);
    private static final Duration MAX_PAUSE = Duration.ofMillis(200);

    private final SimRandom random;
    private final List<String> rivals;
    private final Duration latest;
    private final long untilNanos;
    private boolean striking;

    /**
     * Faults that are drawn from the simulation's seed.
     *
     * @param rivals the nodes that change something
     * @param chance of a strike at each ballot
     * @param latest the longest time from a promise to a restart
     * @param until when there are no more of them, in virtual time
     */
    public PromiseFaults(Simulation simulation, List<String> rivals, double chance, Duration latest, Duration until) {
        super(simulation, chance);
        this.random = simulation.random("promises");
        this.rivals = rivals;
        this.latest = latest;
        this.untilNanos = until.toNanos();
    }

    @Override
    void appending(SimStart replica, ByteBuffer entry) {
        if (entry.get(entry.position()) == BrokenStorage.PROMISE) {
            promised(replica, promiseIn(entry));
        }
    }

    private void promised(SimStart replica, Ballot ballot) {
        boolean first = isFirst(ballot);
        SimNode coordinator = coordinator(ballot);
        if (first
                && !striking
                && coordinator != null
                && rivals.contains(coordinator.id().name())
                && simulation.nanos() < untilNanos
                && random.chance(chance)) {
            strike(replica, coordinator);
        }
    }

    private void strike(SimStart promising, SimNode coordinator) {
        striking = true;
        Map<SimNode, List<SimNode>> cuts = drawCuts(promising.node(), coordinator);
        cuts.forEach((from, all) -> all.forEach(to -> simulation.network().cut(from, to)));
        coordinator.pause();
        simulation.after(random.between(MIN_PAUSE, MAX_PAUSE), () -> {
            striking = false;
            cuts.forEach((from, all) -> all.forEach(to -> simulation.network().heal(from, to)));
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
        replicas().stream().map(id -> simulation.node(id.name())).forEach(others::add);
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
        node.disk().endFailures();
        if (losesPower) {
            node.crash();
        } else {
            node.kill();
        }
        node.start();
    }
}
