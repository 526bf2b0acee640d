package io.coterie.failuredetector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class FailureDetectionTest {
    private final PhiAccrual phi = FailureDetection.phiAccrual();

    @Test
    void theDefaultsAreThoseOfTheDocumentation() {
        assertEquals(
                "phi accrual, suspected from 8.0, down from 16.0, window 1000, minimum deviation 100 ms,"
                        + " acceptable pause 400 ms, heartbeat each 100 ms",
                phi.toString());
    }

    @Test
    void aChangedCopyLeavesTheOriginalAsItWas() {
        String before = phi.toString();
        PhiAccrual changed = phi.withHeartbeatInterval(Duration.ofSeconds(1))
                .withThresholds(5, 9.5)
                .withWindow(10)
                .withMinimumDeviation(Duration.ofMillis(250))
                .withAcceptablePause(Duration.ofSeconds(3));
        assertEquals(
                "phi accrual, suspected from 5.0, down from 9.5, window 10, minimum deviation 250 ms,"
                        + " acceptable pause 3 s, heartbeat each 1 s",
                changed.toString());
        assertEquals(before, phi.toString());
    }

    @Test
    void aFixedTimeoutHasAFittingInterval() {
        assertEquals(Duration.ofMillis(100), interval(Duration.ofSeconds(30)));
        assertEquals(Duration.ofMillis(100), interval(Duration.ofSeconds(1)));
        assertEquals(Duration.ofMillis(20), interval(Duration.ofMillis(200)));
        assertEquals(Duration.ofMillis(1), interval(Duration.ofMillis(10)));
    }

    @Test
    void anIntervalTooLongForTheTimeoutIsRefused() {
        FixedTimeout fixed = FailureDetection.fixedTimeout(Duration.ofMillis(200));
        refuses(
                "heartbeatInterval 100 ms is not below half of the timeout, 200 ms: a peer that is on time would be"
                        + " suspected. Lower it, or raise the timeout",
                () -> fixed.withHeartbeatInterval(Duration.ofMillis(100)));
        assertEquals(
                "fixed timeout 200 ms, heartbeat each 99 ms",
                fixed.withHeartbeatInterval(Duration.ofMillis(99)).toString());
    }

    @Test
    void aValueOutOfRangeIsRefusedWithItsRange() {
        refuses("timeout 9 ms is not within 10 ms to 1 h", () -> interval(Duration.ofMillis(9)));
        refuses("timeout 3600.001 s is not within 10 ms to 1 h", () -> interval(Duration.ofMillis(3_600_001)));
        refuses("heartbeatInterval 0 s is not within 1 ms to 10 s", () -> phi.withHeartbeatInterval(Duration.ZERO));
        refuses(
                "heartbeatInterval 11 s is not within 1 ms to 10 s",
                () -> FailureDetection.fixedTimeout(Duration.ofMinutes(1))
                        .withHeartbeatInterval(Duration.ofSeconds(11)));
        refuses("window 9 is not within 10 to 10000 heartbeats", () -> phi.withWindow(9));
        refuses("window 10001 is not within 10 to 10000 heartbeats", () -> phi.withWindow(10_001));
        refuses("minimumDeviation 0 s is not within 1 ms to 10 s", () -> phi.withMinimumDeviation(Duration.ZERO));
        refuses("acceptablePause -1 s is not within 0 s to 1 h", () -> phi.withAcceptablePause(Duration.ofSeconds(-1)));
    }

    @Test
    void theOtherKindsSayWhatTheyAre() {
        assertEquals(
                "exponential phi accrual, suspected from 8.0, down from 16.0, window 1000, minimum deviation 100 ms,"
                        + " acceptable pause 400 ms, heartbeat each 100 ms",
                phi.withModel(PhiAccrual.Model.EXPONENTIAL).toString());
        assertEquals(
                "expected arrival, margin 2 s, window 1000, heartbeat each 100 ms",
                ExpectedArrival.oneWindow(Duration.ofSeconds(2)).toString());
        assertEquals(
                "expected arrival, margin 500 ms, windows 5 and 50, heartbeat each 20 ms",
                ExpectedArrival.twoWindows(Duration.ofMillis(500))
                        .withWindows(5, 50)
                        .withHeartbeatInterval(Duration.ofMillis(20))
                        .toString());
        assertEquals(
                "at most one false suspicion per 1 d, detection within 2 s, heartbeat each 200 ms",
                WantedQuality.of(Duration.ofDays(1), Duration.ofSeconds(2)).toString());
    }

    @Test
    void settingsOfTheOtherKindsOutOfRangeAreRefused() {
        ExpectedArrival expected = ExpectedArrival.oneWindow(Duration.ofSeconds(1));
        WantedQuality wanted = WantedQuality.of(Duration.ofDays(1), Duration.ofSeconds(2));
        refuses("margin 9 ms is not within 10 ms to 1 h", () -> ExpectedArrival.twoWindows(Duration.ofMillis(9)));
        refuses("window 9 is not within 10 to 10000 heartbeats", () -> expected.withWindows(9, 9));
        refuses("short window 11 is not within 1 to the long window, 10", () -> expected.withWindows(11, 10));
        refuses("short window 0 is not within 1 to the long window, 10", () -> expected.withWindows(0, 10));
        refuses(
                "recurrence 59 s is not within 1 min to 3650 d",
                () -> WantedQuality.of(Duration.ofSeconds(59), Duration.ofSeconds(2)));
        refuses(
                "detection 99 ms is not within 100 ms to 10 min",
                () -> WantedQuality.of(Duration.ofDays(1), Duration.ofMillis(99)));
        refuses(
                "heartbeatInterval 1.001 s is above half of the time for detection, 2 s: a peer that is on time would"
                        + " be suspected. Lower it, or raise the time",
                () -> wanted.withHeartbeatInterval(Duration.ofMillis(1_001)));
        refuses("loss 1.0 is not within 0 and below 1", () -> wanted.forNetwork(1, Duration.ZERO));
        refuses("delayDeviation -1 s is not within 0 s to 1 h", () -> wanted.forNetwork(0, Duration.ofSeconds(-1)));
    }

    @Test
    void thresholdsOutOfOrderAreRefused() {
        refuses("suspected threshold 0.5 is not within 1 to 100", () -> phi.withThresholds(0.5, 4));
        refuses("suspected threshold NaN is not within 1 to 100", () -> phi.withThresholds(Double.NaN, 4));
        refuses(
                "down threshold 8.0 is not above the suspected threshold, 8.0, and at most 100",
                () -> phi.withThresholds(8, 8));
        refuses(
                "down threshold 101.0 is not above the suspected threshold, 8.0, and at most 100",
                () -> phi.withThresholds(8, 101));
    }

    private static Duration interval(Duration timeout) {
        return FailureDetection.fixedTimeout(timeout).heartbeatInterval();
    }

    private static void refuses(String message, Executable setting) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, setting).getMessage());
    }
}
