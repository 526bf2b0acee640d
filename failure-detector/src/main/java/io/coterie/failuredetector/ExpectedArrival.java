package io.coterie.failuredetector;

import io.coterie.rpc.internal.settings.Durations;
import java.time.Duration;

/**
 * Failure detection by how long the next heartbeat is overdue.
 *
 * <p>The expected arrival of the next heartbeat follows from the mean of the last ones. Half of a
 * safety margin after it, the peer is {@link PeerState#SUSPECTED}; a whole margin after it, the peer
 * is {@link PeerState#DOWN}:
 *
 * <pre>{@code
 * t = interval, less what the last arrival was late by, + margin
 * }</pre>
 *
 * <ul>
 *   <li>{@link #oneWindow} has one window of arrivals (Chen, Toueg and
 *       Aguilera, On the Quality of Service of Failure Detectors, IEEE Transactions on Computers,
 *       2002: NFD-E). A heartbeat that was late shortens the time for the next one, so that a failure
 *       after it is detected no later than others.
 *   <li>{@link #twoWindows} also expects the next arrival by the last ones alone, and
 *       takes the later of both (Tomsic, Sens, Garcia, Arantes and Sopena, 2W-FD: A Failure Detector
 *       Algorithm with QoS, IPDPS 2015). It makes fewer mistakes when one delay follows another.
 * </ul>
 *
 * <p>The margin is constant. It must cover the longest pause of a healthy peer and as many lost
 * heartbeats in a row as there may be: {@code margin / (2 * interval)} without suspicion. If
 * heartbeats come late again and again, 3 of 16, their mean is the interval from then on.
 *
 * <p>Peers are judged once per heartbeat interval, so that detection takes up to one interval more.
 *
 * <p>Immutable, so any thread may use it.
 */
public final class ExpectedArrival extends FailureDetection {
    static final int DEFAULT_LONG_WINDOW = 1_000;

    final Duration margin;
    final Duration heartbeatInterval;
    final int shortWindow;
    final int longWindow;

    ExpectedArrival(Duration margin, int shortWindow) {
        this(
                Settings.within("margin", margin, Duration.ofMillis(10), Duration.ofHours(1)),
                Settings.fittingInterval(margin),
                shortWindow,
                DEFAULT_LONG_WINDOW);
    }

    private ExpectedArrival(Duration margin, Duration heartbeatInterval, int shortWindow, int longWindow) {
        this.margin = margin;
        this.heartbeatInterval = heartbeatInterval;
        this.shortWindow = shortWindow;
        this.longWindow = longWindow;
    }

    /**
     * Expects the next heartbeat by the mean of the last 1,000, and judges a peer by how long it is
     * overdue: half of the margin means suspected, all of it means down. The heartbeat interval is a
     * tenth of the margin, at most 100 ms.
     *
     * @param margin 10 ms to 1 hour; no default
     * @throws IllegalArgumentException if the margin is out of range
     */
    public static ExpectedArrival oneWindow(Duration margin) {
        return new ExpectedArrival(margin, DEFAULT_LONG_WINDOW);
    }

    /**
     * As {@link #oneWindow}, but also expects the next heartbeat by the last one alone, and
     * takes the later time of both: for networks whose delays come in groups.
     *
     * @param margin 10 ms to 1 hour; no default
     * @throws IllegalArgumentException if the margin is out of range
     */
    public static ExpectedArrival twoWindows(Duration margin) {
        return new ExpectedArrival(margin, 1);
    }

    /**
     * A copy with another heartbeat interval. A shorter one lets more heartbeats be lost, and costs
     * more messages.
     *
     * @param interval 1 ms to 10 s; default a tenth of the margin, at most 100 ms
     * @throws IllegalArgumentException if the interval is out of range
     */
    public ExpectedArrival withHeartbeatInterval(Duration interval) {
        return new ExpectedArrival(margin, Settings.heartbeatInterval(interval), shortWindow, longWindow);
    }

    /**
     * A copy with other numbers of arrivals to learn from. If both are alike, there is one window.
     * Each peer costs 16 bytes of memory per arrival of each window.
     *
     * @param shortWindow 1 to {@code longWindow}; default of two windows 1
     * @param longWindow 10 to 10,000; default 1,000
     * @throws IllegalArgumentException if a number is out of range
     */
    public ExpectedArrival withWindows(int shortWindow, int longWindow) {
        Settings.window(longWindow);
        if (shortWindow < 1 || shortWindow > longWindow) {
            throw new IllegalArgumentException(
                    "short window " + shortWindow + " is not within 1 to the long window, " + longWindow);
        }
        return new ExpectedArrival(margin, heartbeatInterval, shortWindow, longWindow);
    }

    @Override
    public Duration heartbeatInterval() {
        return heartbeatInterval;
    }

    @Override
    Estimator newEstimator() {
        return new ExpectedArrivalEstimator(this);
    }

    @Override
    public String toString() {
        String windows =
                shortWindow == longWindow ? "window " + longWindow : "windows " + shortWindow + " and " + longWindow;
        return "expected arrival, margin " + Durations.text(margin) + ", " + windows + ", heartbeat each "
                + Durations.text(heartbeatInterval);
    }
}
