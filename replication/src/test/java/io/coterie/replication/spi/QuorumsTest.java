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

    @Test
    void anyTwoGroupsOfRegistrarsMeet() {
        assertEquals(0, Quorums.registrars(1));
        for (int n = 2; n <= MAX_REPLICAS; n++) {
            assertTrue(anyTwoMeet(Quorums.registrars(n), n - 1), n + " replicas");
        }
    }

    @Test
    void registrarsOfAnOddClusterAreOneMoreThanItTolerates() {
        for (int f = 1; f <= 4; f++) {
            assertEquals(f + 1, Quorums.registrars(2 * f + 1));
        }
    }

    @Test
    void registrarsIncludeOneThatKnowsTheLatestStart() {
        for (int n = 2; n <= MAX_REPLICAS; n++) {
            assertTrue(Quorums.othersOfMajority(n) + Quorums.registrars(n) > n - 1, n + " replicas");
            int leftWithItselfStale = n - 1 - (Quorums.tolerated(n) - 1);
            assertTrue(Quorums.registrars(n) <= leftWithItselfStale, n + " replicas");
        }
    }

    /** Tries all pairs of groups of that size out of n. */
    private static boolean anyTwoMeet(int size, int n) {
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
