package io.coterie.simulation.faults;

import io.coterie.simulation.SimNode;
import io.coterie.simulation.SimRandom;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes clocks wrong, and disks slow or failing. */
final class MachineFaults implements FaultLane {
    private static final Duration MAX_JUMP = Duration.ofSeconds(100);
    private static final Duration MAX_SWING = Duration.ofSeconds(10);
    private static final Duration STALL = Duration.ofSeconds(5);
    private static final Duration SLOW_JOB = Duration.ofMillis(200);
    private static final int MAX_ROOM_BYTES = 4096;

    private final Simulation simulation;
    private final List<SimNode> nodes;
    private final FaultBudget budget;
    private final SimRandom random;
    private final List<SimNode> failing = new ArrayList<>();
    private int begun;

    MachineFaults(Simulation simulation, List<SimNode> nodes, FaultBudget budget, SimRandom random) {
        this.simulation = simulation;
        this.nodes = nodes;
        this.budget = budget;
        this.random = random;
    }

    @Override
    public Ongoing begin(Fault fault, Duration length) {
        if (fault.failsStorage()) {
            return beginFailing(fault);
        }
        SimNode victim = random.pick(nodes);
        int number = ++begun;
        switch (fault) {
            case CLOCK_JUMP -> victim.jumpWallClock(random.between(MAX_JUMP.negated(), MAX_JUMP));
            case CLOCK_DRIFT -> victim.driftWallClock((random.nextDouble() - 0.5) / 10);
            case CLOCK_STROBE -> strobe(victim, number);
            case STALLED_DISK -> victim.disk().stallNextJob(STALL);
            default -> victim.disk().slowDown(SLOW_JOB);
        }
        return new Ongoing(victim.toString(), () -> {
            begun++;
            restore(victim);
        });
    }

    private void strobe(SimNode victim, int number) {
        if (begun == number) {
            victim.setWallClock();
            victim.jumpWallClock(random.between(MAX_SWING.negated(), MAX_SWING));
            simulation.after(
                    random.between(Duration.ofMillis(10), Duration.ofMillis(200)), () -> strobe(victim, number));
        }
    }

    /** Ends all faults. */
    void end() {
        begun++;
        List.copyOf(failing).forEach(this::endFailing);
        nodes.forEach(MachineFaults::restore);
    }

    private Ongoing beginFailing(Fault fault) {
        if (budget.room() <= 0) {
            return new Ongoing("", () -> {});
        }
        SimNode victim = random.pick(budget.healthy());
        budget.add(List.of(victim));
        if (fault == Fault.LOST_DISK) {
            return loseDisk(victim);
        }
        failing.add(victim);
        if (fault == Fault.DISK_FULL) {
            victim.disk().capacityBytes(victim.disk().usedBytes() + random.nextInt(MAX_ROOM_BYTES));
        } else {
            victim.disk().failNextForce();
        }
        return new Ongoing(victim.toString(), () -> endFailing(victim));
    }

    private static Ongoing loseDisk(SimNode victim) {
        victim.crash();
        victim.disk().wipe();
        return new Ongoing(victim.toString(), () -> {
            if (!victim.isUp()) {
                victim.start();
            }
        });
    }

    /** A process that lost its storage needs a new start to use it again. */
    private void endFailing(SimNode victim) {
        failing.remove(victim);
        budget.remove(List.of(victim));
        victim.disk().endFailures();
        if (victim.isUp()) {
            victim.restart();
        }
    }

    private static void restore(SimNode node) {
        node.setWallClock();
        node.disk().slowDown(Duration.ZERO);
        node.disk().stallNextJob(Duration.ZERO);
    }
}
