package io.coterie.replication.internal.rules;

/** Groups of replicas, all of a size. */
public final class Groups {
    private Groups() {}

    /** Whether any two groups of that size out of n share a member. Tries all pairs. */
    public static boolean anyTwoMeet(int size, int n) {
        for (int one = 0; one < 1 << n; one++) {
            for (int other = 0; other < 1 << n; other++) {
                if (Integer.bitCount(one) == size && Integer.bitCount(other) == size && (one & other) == 0) {
                    return false;
                }
            }
        }
        return true;
    }
}
