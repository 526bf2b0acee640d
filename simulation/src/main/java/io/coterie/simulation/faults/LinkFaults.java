package io.coterie.simulation.faults;

import io.coterie.simulation.SimNetwork;
import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Cuts links, in the shapes that are known to find errors. */
final class LinkFaults implements FaultLane {
    private final Simulation simulation;
    private final List<SimNode> nodes;
    private final SimRandom random;
    private int begun;

    LinkFaults(Simulation simulation, List<SimNode> nodes, SimRandom random) {
        this.simulation = simulation;
        this.nodes = nodes;
        this.random = random;
    }

    @Override
    public Ongoing begin(Fault fault, Duration length) {
        int number = ++begun;
        BooleanSupplier isOn = () -> begun == number;
        SimNetwork network = simulation.network();
        List<SimNode> shuffled = shuffled();
        switch (fault) {
            case PARTITION -> partition(shuffled);
            case ISOLATION -> network.isolate(shuffled.get(0));
            case ONE_WAY -> oneWay(shuffled);
            case BRIDGE -> partition(shuffled.subList(1, shuffled.size()));
            case RING -> ring(shuffled);
            case FLAPPING -> flap(isOn, true);
            case RESET -> reset(isOn);
            case SWIZZLE -> swizzle(isOn, shuffled, length);
            default -> network.cutBoth(shuffled.get(0), shuffled.get(shuffled.size() - 1));
        }
        return new Ongoing("", this::end);
    }

    void end() {
        begun++;
        simulation.network().heal();
    }

    /** The nodes of the nemesis, or with equal probability all nodes, in a random order. */
    private List<SimNode> shuffled() {
        List<SimNode> shuffled = new ArrayList<>(random.chance(0.5) ? nodes : simulation.nodes());
        random.shuffle(shuffled);
        return shuffled;
    }

    private void partition(List<SimNode> shuffled) {
        if (shuffled.size() > 1) {
            int size = 1 + random.nextInt(shuffled.size() - 1);
            simulation.network().partition(shuffled.subList(0, size), shuffled.subList(size, shuffled.size()));
        }
    }

    private void oneWay(List<SimNode> shuffled) {
        SimNode victim = shuffled.get(0);
        boolean deaf = random.chance(0.5);
        for (SimNode other : shuffled.subList(1, shuffled.size())) {
            simulation.network().cut(deaf ? other : victim, deaf ? victim : other);
        }
    }

    private void ring(List<SimNode> shuffled) {
        int size = shuffled.size();
        int reach = size <= 3 ? 0 : (size / 2 + 1) / 2;
        if (reach == 0) {
            partition(shuffled.subList(1, size));
        }
        for (int i = 0; i < size && reach > 0; i++) {
            for (int j = i + 1; j < size; j++) {
                if (Math.min(j - i, size - (j - i)) > reach) {
                    simulation.network().cutBoth(shuffled.get(i), shuffled.get(j));
                }
            }
        }
    }

    private void flap(BooleanSupplier isOn, boolean cut) {
        if (isOn.getAsBoolean()) {
            if (cut) {
                partition(shuffled());
            } else {
                simulation.network().heal();
            }
            Duration wait = random.between(Duration.ofMillis(20), Duration.ofMillis(500));
            simulation.after(wait, () -> flap(isOn, !cut));
        }
    }

    private void reset(BooleanSupplier isOn) {
        if (isOn.getAsBoolean()) {
            List<SimNode> shuffled = shuffled();
            simulation.network().reset(shuffled.get(0), shuffled.get(shuffled.size() - 1));
            simulation.after(random.between(Duration.ofMillis(20), Duration.ofMillis(500)), () -> reset(isOn));
        }
    }

    /**
     * In the first half of the time one node after the other leaves, in the second half they
     * return.
     */
    private void swizzle(BooleanSupplier isOn, List<SimNode> shuffled, Duration length) {
        List<SimNode> back = new ArrayList<>(shuffled);
        random.shuffle(back);
        long step = length.toNanos() / (2L * shuffled.size());
        for (int i = 0; i < shuffled.size(); i++) {
            SimNode out = shuffled.get(i);
            List<SimNode> stillOut = back.subList(i + 1, back.size());
            SimNode in = back.get(i);
            whileOn(isOn, i * step, () -> simulation.network().isolate(out));
            whileOn(isOn, (shuffled.size() + i) * step, () -> join(in, stillOut));
        }
    }

    private void join(SimNode node, List<SimNode> stillOut) {
        for (SimNode other : simulation.nodes()) {
            if (!stillOut.contains(other)) {
                simulation.network().heal(node, other);
                simulation.network().heal(other, node);
            }
        }
    }

    private void whileOn(BooleanSupplier isOn, long delayNanos, Runnable action) {
        simulation.after(Duration.ofNanos(delayNanos), () -> {
            if (isOn.getAsBoolean()) {
                action.run();
            }
        });
    }
}
