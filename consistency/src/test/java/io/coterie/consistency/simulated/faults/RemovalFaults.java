package io.coterie.consistency.simulated.faults;

import io.coterie.consistency.broken.BrokenStorage;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.SimStart;
import io.coterie.simulation.Simulation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stops a client between the promises that it has asked for and what they are for, until its key
 * was deleted and forgotten and the replicas have started again. Whether it may continue is then up
 * to what they remember of absent keys.
 */
public final class RemovalFaults extends StruckMoments {
    /**
     * The kind of an entry for a key that is forgotten, as a replica's journal has it at
     * its first byte.
     */
    private static final int REMOVED = 9;

    /** Shorter than the time that a client has. */
    private static final Duration MAX_PAUSE = Duration.ofMillis(1500);

    /** By then what was forgotten is on all disks. */
    private static final Duration FORGOTTEN = Duration.ofMillis(10);

    /** Longer than replicas take to vote again. */
    private static final Duration MIN_RESTART = Duration.ofMillis(50);

    private static final Duration MAX_RESTART = Duration.ofMillis(250);

    /** So long the client that was stopped is alone. */
    private static final Duration ALONE = Duration.ofMillis(30);

    private final SimRandom random;
    private final List<String> clients;
    private final long untilNanos;
    private @Nullable Struck struck;

    /**
     * Faults that are drawn from the simulation's seed.
     *
     * @param clients the nodes that change something
     * @param chance of a strike at each ballot
     * @param until when there are no more of them, in virtual time
     */
    public RemovalFaults(Simulation simulation, List<String> clients, double chance, Duration until) {
        super(simulation, chance);
        this.random = simulation.random("removals");
        this.clients = clients;
        this.untilNanos = until.toNanos();
    }

    /** Whether a client is stopped, and its key is to be deleted. */
    public boolean isStriking() {
        return struck != null;
    }

    /** The client that is stopped, its key, and who has forgotten that. */
    private record Struck(SimNode client, ByteBuffer key, Set<SimNode> forgotten) {}

    @Override
    void appending(SimStart replica, ByteBuffer entry) {
        int kind = entry.get(entry.position());
        if (kind == BrokenStorage.PROMISE) {
            promised(entry);
        } else if (kind == REMOVED) {
            removed(replica.node(), entry);
        }
    }

    private void promised(ByteBuffer entry) {
        boolean first = isFirst(promiseIn(entry));
        SimNode client = coordinator(promiseIn(entry));
        if (first
                && struck == null
                && client != null
                && clients.contains(client.id().name())
                && simulation.nanos() < untilNanos
                && random.chance(chance)) {
            Struck now = new Struck(client, keyOf(entry), new HashSet<>());
            struck = now;
            client.pause();
            simulation.after(MAX_PAUSE, () -> resume(now));
        }
    }

    private void removed(SimNode replica, ByteBuffer entry) {
        Struck now = struck;
        if (now != null
                && now.key.equals(keyOf(entry))
                && now.forgotten.add(replica)
                && now.forgotten.size() == replicas().size()) {
            clients.stream().map(simulation::node).forEach(SimNode::pause);
            simulation.after(FORGOTTEN, () -> {
                now.forgotten.forEach(one -> {
                    one.kill();
                    one.start();
                });
                simulation.after(random.between(MIN_RESTART, MAX_RESTART), () -> resume(now));
            });
        }
    }

    private void resume(Struck now) {
        if (now.equals(struck)) {
            struck = null;
            now.client.resume();
            simulation.after(ALONE, () -> clients.stream().map(simulation::node).forEach(SimNode::resume));
        }
    }

    /** The store and the key of an entry, which may be used again. */
    private static ByteBuffer keyOf(ByteBuffer entry) {
        int length = BrokenStorage.promiseOf(entry) - 1;
        return ByteBuffer.allocate(length).put(entry.slice(1, length)).flip();
    }
}
