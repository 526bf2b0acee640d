package io.coterie.replication.spi;

import static io.coterie.replication.internal.rules.Groups.anyTwoMeet;
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
}
