package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DurationTextTest {
    @Test
    void durationsHaveTheLargestUnitThatTheyAreAWholeNumberOf() {
        assertEquals("0 s", DurationText.of(Duration.ZERO));
        assertEquals("2 s", DurationText.of(Duration.ofSeconds(2)));
        assertEquals("90 s", DurationText.of(Duration.ofSeconds(90)));
        assertEquals("2 min", DurationText.of(Duration.ofMinutes(2)));
        assertEquals("24 h", DurationText.of(Duration.ofDays(1)));
        assertEquals("1500 ms", DurationText.of(Duration.ofMillis(1_500)));
        assertEquals("7 µs", DurationText.of(Duration.ofNanos(7_000)));
        assertEquals("1 ns", DurationText.of(Duration.ofNanos(1)));
    }

    @Test
    void extremeDurationsHaveATextToo() {
        assertEquals("-1 s", DurationText.of(Duration.ofSeconds(-1)));
        assertEquals("-500 ms", DurationText.of(Duration.ofMillis(-500)));
        assertEquals("9223372036854775807 s", DurationText.of(Duration.ofSeconds(Long.MAX_VALUE)));
        assertEquals(
                "9223372036854775807999999999 ns", DurationText.of(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999)));
    }
}
