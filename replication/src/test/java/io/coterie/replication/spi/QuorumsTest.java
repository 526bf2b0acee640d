package io.coterie.replication.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class QuorumsTest {
    private static final int MAX_REPLICAS = 9;

    @Test
    void anyTwoMajoritiesMeetAndNoSmallerGroupsDo() {
        for (int n = 1; n <= MAX_REPLICAS; n++) {
            assertTrue(anyTwoMeet(Quorums.majority(n), n), n + " replicas");
            assertFalse(anyTwoMeet(Quorums.majority(n) - 1, n), n + " replicas");
        }
    }

    @Test
    void whatIsLeftAfterTheToleratedFailuresIsAMajority() {
        for (int n = 1; n <= MAX_REPLICAS; n++) {
            assertEquals(Quorums.majority(n), n - Quorums.tolerated(n), n + " replicas");
        }
    }

    /** Tries all pairs of groups of that size out of n. */
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
