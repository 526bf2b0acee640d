package io.coterie.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.spi.RandomSource;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
    private static final RandomSource RANDOM = new SplittableRandom(1)::nextLong;

    @Test
    void waitsDoubleUpToTheLongest() {
        RetryPolicy policy = RetryPolicy.exponential(Duration.ofMillis(10), Duration.ofSeconds(1));

        assertEquals(10_000_000, policy.backoffNanos(1, RANDOM));
        assertEquals(20_000_000, policy.backoffNanos(2, RANDOM));
        assertEquals(640_000_000, policy.backoffNanos(7, RANDOM));
        assertEquals(1_000_000_000, policy.backoffNanos(8, RANDOM));
        assertEquals(1_000_000_000, policy.backoffNanos(Integer.MAX_VALUE, RANDOM));
    }

    @Test
    void jitterTakesAnyPartOfTheWait() {
        RetryPolicy policy = RetryPolicy.exponential(Duration.ofNanos(3), Duration.ofNanos(6))
                .withJitter();
        boolean[] seen = new boolean[7];

        for (int i = 0; i < 1000; i++) {
            long first = policy.backoffNanos(1, RANDOM);
            long later = policy.backoffNanos(5, RANDOM);
            assertTrue(first >= 0 && first <= 3, "first wait " + first);
            seen[(int) later] = true;
        }

        for (boolean value : seen) {
            assertTrue(value);
        }
    }

    @Test
    void waitsThatCannotBeAreRefused() {
        assertThrows(
                IllegalArgumentException.class, () -> RetryPolicy.exponential(Duration.ZERO, Duration.ofSeconds(1)));
        assertThrows(
                IllegalArgumentException.class,
                () -> RetryPolicy.exponential(Duration.ofSeconds(2), Duration.ofSeconds(1)));
        assertThrows(IllegalArgumentException.class, () -> RetryPolicy.none().withMaxAttempts(0));
    }
}
