package io.coterie.rpc.internal.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DurationsTest {
    @Test
    void theTextHasANumberAndAUnit() {
        assertEquals("0 s", Durations.text(Duration.ZERO));
        assertEquals("1 ns", Durations.text(Duration.ofNanos(1)));
        assertEquals("1.5 µs", Durations.text(Duration.ofNanos(1_500)));
        assertEquals("100 µs", Durations.text(Duration.ofNanos(100_000)));
        assertEquals("250 ms", Durations.text(Duration.ofMillis(250)));
        assertEquals("10 s", Durations.text(Duration.ofSeconds(10)));
        assertEquals("1.5 s", Durations.text(Duration.ofMillis(1_500)));
        assertEquals("90 s", Durations.text(Duration.ofSeconds(90)));
        assertEquals("5 min", Durations.text(Duration.ofMinutes(5)));
        assertEquals("24 min", Durations.text(Duration.ofMinutes(24)));
        assertEquals("1 h", Durations.text(Duration.ofHours(1)));
        assertEquals("2 d", Durations.text(Duration.ofDays(2)));
    }

    @Test
    void nothingIsRounded() {
        assertEquals("3600.001 s", Durations.text(Duration.ofHours(1).plusMillis(1)));
        assertEquals("1.000000001 s", Durations.text(Duration.ofNanos(1_000_000_001)));
        assertEquals("999.999999 ms", Durations.text(Duration.ofNanos(999_999_999)));
        assertEquals("9223372036854775807 s", Durations.text(Duration.ofSeconds(Long.MAX_VALUE)));
    }

    @Test
    void aNegativeDurationHasItsSign() {
        assertEquals("-1 s", Durations.text(Duration.ofSeconds(-1)));
        assertEquals("-0.25 s", Durations.text(Duration.ofMillis(-250)));
        assertEquals("-9223372036854775808 s", Durations.text(Duration.ofSeconds(Long.MIN_VALUE)));
    }
}
