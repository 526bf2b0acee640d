package io.coterie.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes clocks wrong, and disks slow or failing. */
final class MachineFaults implements FaultLane {
    private static final Duration LONGEST_JUMP = Duration.ofSeconds(100);
    private static final Duration SLOW_JOB = Duration.ofMillis(200);
    private static final int MOST_ROOM_BYTES = 4096;

    private final List<SimNode> nodes;
    private final Ailing ailing;
    private final SimRandom random;
    private final List<SimNode> failing = new ArrayList<>();

    MachineFaults(List<SimNode> nodes, Ailing ailing, SimRandom random) {
        this.nodes = nodes;
        this.ailing = ailing;
        this.random = random;
    }

    @Override
    public Ongoing begin(Fault fault) {
        if (fault.failsStorage()) {
            return beginFailing(fault);
        }
        SimNode victim = random.pick(nodes);
        switch (fault) {
            case CLOCK_JUMP -> victim.jumpWallClock(random.between(LONGEST_JUMP.negated(), LONGEST_JUMP));
            case CLOCK_DRIFT -> victim.driftWallClock((random.nextDouble() - 0.5) / 10);
            default -> victim.disk().slowDown(SLOW_JOB);
        }
        return new Ongoing(victim.toString(), () -> restore(victim));
    }

    /** Takes all faults away. */
    void end() {
        List.copyOf(failing).forEach(this::endFailing);
        nodes.forEach(MachineFaults::restore);
    }

    private Ongoing beginFailing(Fault fault) {
        if (ailing.room() <= 0) {
            return new Ongoing("", () -> {});
        }
        SimNode victim = random.pick(ailing.others());
        ailing.add(List.of(victim));
        failing.add(victim);
        if (fault == Fault.DISK_FULL) {
            victim.disk().capacityBytes(victim.disk().usedBytes() + random.nextInt(MOST_ROOM_BYTES));
        } else {
            victim.disk().failNextForce();
        }
        return new Ongoing(victim.toString(), () -> endFailing(victim));
    }

    /** Storage that has failed stays so until its process is started again. */
    private void endFailing(SimNode victim) {
        failing.remove(victim);
        ailing.remove(List.of(victim));
        victim.disk().mend();
        if (victim.isUp()) {
            victim.restart();
        }
    }

    private static void restore(SimNode node) {
        node.setWallClock();
        node.disk().slowDown(Duration.ZERO);
    }
}
