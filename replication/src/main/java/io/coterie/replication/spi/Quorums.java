package io.coterie.replication.spi;

/** The arithmetic of majorities. Pure functions: any thread may call them. */
public final class Quorums {
    private Quorums() {}

    /** How many of n replicas are a majority: any two groups of that size share a replica. */
    public static int majority(int replicas) {
        return replicas / 2 + 1;
    }

    /** How many of n replicas may fail while the others are still a majority. */
    public static int tolerated(int replicas) {
        return replicas - majority(replicas);
    }

    /**
     * How many other replicas must answer a replica before it votes, and how many must remember it
     * before its first vote. Any two groups of that size out of the n - 1 others share a replica,
     * which would know the earlier incarnation of a replica that lost its memory.
     */
    public static int registrars(int replicas) {
        int others = replicas - 1;
        return others == 0 ? 0 : majority(others);
    }

    /**
     * How many other replicas make a majority together with a replica itself. A replica that starts
     * again cannot ask for more: the rest may have failed.
     */
    public static int othersOfMajority(int replicas) {
        return majority(replicas) - 1;
    }
}
