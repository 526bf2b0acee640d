package io.coterie.simulation.faults;

import io.coterie.simulation.SimNode;

/** The faults that a {@link Nemesis} knows. Of each {@link Lane}, one is on at a time. */
public enum Fault {
    /** Processes are killed and started again, at once or after a while; see {@link SimNode#kill()}. */
    KILL(Lane.PROCESSES),
    /** Machines lose their power and come back; see {@link SimNode#crash()}. */
    CRASH(Lane.PROCESSES),
    /** All machines lose their power at once and come back one after the other: the only fault beyond the plan's bound. */
    POWER_LOSS(Lane.PROCESSES),
    /** Processes are stopped cleanly and started again. */
    STOP(Lane.PROCESSES),
    /** Processes are paused and go on. */
    PAUSE(Lane.PROCESSES),
    /** A process is slow: 0.1 to 10 ms for each event. */
    SLOW_PROCESS(Lane.PROCESSES),

    /** The nodes fall into two parts that cannot reach each other. */
    PARTITION(Lane.LINKS),
    /** One node cannot reach any other, nor be reached. */
    ISOLATION(Lane.LINKS),
    /** One node can send and not hear, or hear and not send. */
    ONE_WAY(Lane.LINKS),
    /** Two parts that share one node. */
    BRIDGE(Lane.LINKS),
    /** Each node reaches another majority: its neighbours in a ring. With three nodes this is a bridge. */
    RING(Lane.LINKS),
    /** A partition comes and goes, every 20 to 500 ms. */
    FLAPPING(Lane.LINKS),
    /** One node after the other is isolated, until half of the time is over; then they join again one by one, in another order. */
    SWIZZLE(Lane.LINKS),
    /** One pair of nodes cannot reach each other. */
    BROKEN_LINK(Lane.LINKS),

    /** Connections break, one every 20 to 500 ms, and can be made again at once. Only where the network signals connections. */
    RESET(Lane.LINKS),

    /** Messages are lost, 1 to 30 %. */
    LOSS(Lane.WEATHER),
    /** Messages come twice, 1 to 30 %. */
    DUPLICATION(Lane.WEATHER),
    /** Messages take up to 100 ms, each its own time, and overtake each other. */
    DELAY(Lane.WEATHER),
    /** One pair of nodes has a slow link, up to half a second each way. */
    SLOW_LINK(Lane.WEATHER),

    /** A wall clock jumps by up to 100 s, either way. */
    CLOCK_JUMP(Lane.MACHINES),
    /** A wall clock gains or loses up to 5 %. */
    CLOCK_DRIFT(Lane.MACHINES),
    /** A wall clock jumps by up to 10 s, to and fro, every 10 to 200 ms. */
    CLOCK_STROBE(Lane.MACHINES),
    /** A disk takes 20 to 200 ms for each job. */
    SLOW_DISK(Lane.MACHINES),
    /** A disk takes 5 s for the first job that it gets meanwhile, also if the fault ends before that. */
    STALLED_DISK(Lane.MACHINES),
    /** A disk takes at most 4 KiB more; then the machine loses its power and comes back with room. Counts as down. */
    DISK_FULL(Lane.MACHINES),
    /** A disk's next force fails; then the machine loses its power and comes back. Counts as down. */
    FAILED_FORCE(Lane.MACHINES),
    /** A machine loses its power, and comes back with an empty disk. Counts as down from then on, also when it is up. */
    LOST_DISK(Lane.MACHINES);

    private final Lane lane;

    Fault(Lane lane) {
        this.lane = lane;
    }

    /** What the fault befalls. */
    public Lane lane() {
        return lane;
    }

    /** Whether a process may give its storage up for it. */
    boolean failsStorage() {
        return this == DISK_FULL || this == FAILED_FORCE || this == LOST_DISK;
    }

    /** What faults befall. */
    public enum Lane {
        /** Processes end, hang or crawl. */
        PROCESSES,
        /** Nodes cannot reach each other. */
        LINKS,
        /** Messages suffer. */
        WEATHER,
        /** Clocks and disks suffer. */
        MACHINES
    }
}
