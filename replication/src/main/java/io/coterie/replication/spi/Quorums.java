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
}
