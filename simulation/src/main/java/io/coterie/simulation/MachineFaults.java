package io.coterie.simulation;

import java.time.Duration;
import java.util.List;

/** Makes clocks wrong and disks slow. */
final class MachineFaults implements FaultLane {
    private static final Duration LONGEST_JUMP = Duration.ofSeconds(100);

    private final List<SimNode> nodes;
    private final SimRandom random;

    MachineFaults(List<SimNode> nodes, SimRandom random) {
        this.nodes = nodes;
        this.random = random;
    }

    @Override
    public Runnable begin(Fault fault) {
        SimNode victim = random.pick(nodes);
        switch (fault) {
            case CLOCK_JUMP -> victim.jumpWallClock(random.between(LONGEST_JUMP.negated(), LONGEST_JUMP));
            case CLOCK_DRIFT -> victim.driftWallClock((random.nextDouble() - 0.5) / 10);
            default -> victim.disk().jobTime(Duration.ofMillis(20), Duration.ofMillis(200));
        }
        return () -> restore(victim);
    }

    static void restore(SimNode node) {
        node.setWallClock();
        node.disk().jobTime(SimDisk.SHORTEST_JOB, SimDisk.LONGEST_JOB);
    }
}
