package io.coterie.replication;

/** The arithmetic of majorities. */
public final class Quorums {
    private Quorums() {}

    /** The smallest number of n replicas such that any two groups of that size share a replica. */
    public static int majority(int replicas) {
        return replicas / 2 + 1;
    }

    /** How many of n replicas may fail while the others are still a majority. */
    public static int tolerated(int replicas) {
        return replicas - majority(replicas);
    }

    /**
     * How many others a replica hears before it votes, and by how many it is remembered before its
     * first vote: any two groups of that size out of the n - 1 others share a replica, which would
     * know the earlier incarnation of a replica that lost its memory.
     */
    public static int registrars(int replicas) {
        int others = replicas - 1;
        return others == 0 ? 0 : majority(others);
    }

    /**
     * How many others make a majority with a replica itself. When it starts again it cannot ask for
     * more: as many as that may be all that are left.
     */
    public static int othersOfMajority(int replicas) {
        return majority(replicas) - 1;
    }
}
