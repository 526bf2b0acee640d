package io.coterie.simulation.faults;

import io.coterie.simulation.SimNode;

/**
 * The faults that a {@link Nemesis} can bring about. One fault of each {@link Lane} is on at a
 * time.
 *
 * <p>The names are part of a run's trace, and their order decides what {@link FaultPlan#draw}
 * draws: add new ones with care.
 */
public enum Fault {
    /**
     * Processes are killed and started again, at once or after a while; see {@link SimNode#kill()}.
     */
    KILL(Lane.PROCESSES),
    /** Machines lose their power and start again; see {@link SimNode#crash()}. */
    CRASH(Lane.PROCESSES),
    /**
     * All machines lose their power at once and start again one after the other. The only fault
     * that may exceed {@link FaultPlan#maxDown}.
     */
    POWER_LOSS(Lane.PROCESSES),
    /** Processes are stopped cleanly and started again. */
    STOP(Lane.PROCESSES),
    /** Processes are paused and resume. */
    PAUSE(Lane.PROCESSES),
    /** A process is slow: 0.1 to 10 ms for each event. */
    SLOW_PROCESS(Lane.PROCESSES),

    /** The nodes are split into two parts that cannot reach each other. */
    PARTITION(Lane.LINKS),
    /** One node can neither send nor receive. */
    ISOLATION(Lane.LINKS),
    /** One node can send but not receive, or receive but not send. */
    ONE_WAY(Lane.LINKS),
    /** Two parts that share one node: it reaches both. */
    BRIDGE(Lane.LINKS),
    /**
     * Each node reaches another majority: its neighbours in a ring. With three nodes this is a
     * bridge.
     */
    RING(Lane.LINKS),
    /** A partition comes and goes, every 20 to 500 ms. */
    FLAPPING(Lane.LINKS),
    /**
     * One node after the other is isolated in the first half of the time. In the second half they
     * join again one by one, in another order.
     */
    SWIZZLE(Lane.LINKS),
    /** One pair of nodes cannot reach each other. */
    BROKEN_LINK(Lane.LINKS),

    /**
     * Connections break, one every 20 to 500 ms, and can be opened again at once. Only has an
     * effect if the network {@linkplain
     * io.coterie.simulation.SimNetwork#signalsConnections(boolean) signals connections}.
     */
    RESET(Lane.LINKS),

    /** Messages are lost, 1 to 30 %. */
    LOSS(Lane.MESSAGES),
    /** Messages arrive twice, 1 to 30 %. */
    DUPLICATION(Lane.MESSAGES),
    /** Messages take up to 100 ms, each its own time, so that they overtake each other. */
    DELAY(Lane.MESSAGES),
    /** One pair of nodes has a slow link, with up to half a second in each direction. */
    SLOW_LINK(Lane.MESSAGES),

    /** A wall clock jumps by up to 100 s, forward or back. */
    CLOCK_JUMP(Lane.MACHINES),
    /** A wall clock gains or loses up to 5 %. */
    CLOCK_DRIFT(Lane.MACHINES),
    /** A wall clock jumps to and fro, within 10 s of the right time, every 10 to 200 ms. */
    CLOCK_STROBE(Lane.MACHINES),
    /** A disk takes 20 to 200 ms for each job. */
    SLOW_DISK(Lane.MACHINES),
    /**
     * A disk takes 5 s more for the first job of that time, even if the fault ends before the job
     * does.
     */
    STALLED_DISK(Lane.MACHINES),
    /**
     * A disk has room for less than 4 KiB more. At the end the machine loses its power and starts
     * again, with room. Counts as down.
     */
    DISK_FULL(Lane.MACHINES),
    /**
     * A disk's next force fails. At the end the machine loses its power and starts again. Counts as
     * down.
     */
    FAILED_FORCE(Lane.MACHINES),
    /**
     * A machine loses its power and its disk, and starts again with an empty one. Counts as down
     * from then on, even when it is up.
     */
    LOST_DISK(Lane.MACHINES);

    private final Lane lane;

    Fault(Lane lane) {
        this.lane = lane;
    }

    /** The part of the cluster that the fault belongs to. */
    public Lane lane() {
        return lane;
    }

    /** Whether a process may stop using its storage because of it. */
    boolean failsStorage() {
        return this == DISK_FULL || this == FAILED_FORCE || this == LOST_DISK;
    }

    /** The part of the cluster that faults belong to. */
    public enum Lane {
        /** Processes end, pause or become slow. */
        PROCESSES("PROCESSES"),
        /** Nodes cannot reach each other. */
        LINKS("LINKS"),
        /** Messages are lost, duplicated or delayed. */
        MESSAGES("WEATHER"),
        /** Clocks are wrong; disks are slow or fail. */
        MACHINES("MACHINES");

        private final String stream;

        Lane(String stream) {
            this.stream = stream;
        }

        /**
         * The stream of random numbers for the times of this lane. The names must not change: seeds
         * that are written down in tests rest on them.
         */
        String stream() {
            return stream;
        }
    }
}
