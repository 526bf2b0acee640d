package io.coterie.failuredetector;

import java.time.Duration;

/**
 * Failure detection by a suspicion level, phi, that grows with silence, measured against the peer's own rhythm (Hayashibara,
 * Défago, Yared and Katayama, The φ Accrual Failure Detector, SRDS 2004).
 *
 * <p>After a silence {@code t}, {@code phi(t) = -log10(P(gap > t))}, where gaps between heartbeats are taken to be
 * normally distributed with the mean and deviation of the last {@link #withWindow window} gaps, the mean moved up by the
 * acceptable pause and the deviation never below its minimum. If that model held, acting at phi would be a mistake
 * once in {@code 10^phi} times; real networks have a longer tail, so take phi as a scale, not as a probability.
 *
 * <p>What it comes to as a time, which is what the settings should be chosen by:
 *
 * <pre>{@code
 * t = mean gap + acceptablePause + k * max(minimumDeviation, deviation of gaps)
 *
 * phi    1     2     4     8     12    16
 * k      1.3   2.3   3.6   5.2   6.3   7.1
 * }</pre>
 *
 * and up to one heartbeat interval more, because peers are judged once per interval. With the defaults and a steady peer:
 * suspected after {@code 100 + 400 + 5.2 * 100 = 1,020 ms}, down after {@code 100 + 400 + 7.1 * 100 = 1,210 ms}.
 *
 * <p>Why these defaults: a collection of garbage or a busy processor keeps a healthy process silent for some hundred
 * milliseconds, which must pass without suspicion; a process that was stopped must be noticed within 1.5 s. Acting within
 * that span rests on the pause and the minimum deviation; learning from the window adds to it on a link that is itself
 * irregular, and only there.
 */
public final class PhiAccrual extends FailureDetection {
    static final PhiAccrual DEFAULT = new PhiAccrual(
            Settings.DEFAULT_HEARTBEAT_INTERVAL, 8, 16, 1_000, Duration.ofMillis(100), Duration.ofMillis(400));

    private final Duration heartbeatInterval;
    private final double suspectedPhi;
    private final double downPhi;
    private final int window;
    private final Duration minimumDeviation;
    private final Duration acceptablePause;

    private PhiAccrual(
            Duration heartbeatInterval,
            double suspectedPhi,
            double downPhi,
            int window,
            Duration minimumDeviation,
            Duration acceptablePause) {
        this.heartbeatInterval = heartbeatInterval;
        this.suspectedPhi = suspectedPhi;
        this.downPhi = downPhi;
        this.window = window;
        this.minimumDeviation = minimumDeviation;
        this.acceptablePause = acceptablePause;
    }

    /**
     * The same with another heartbeat interval. A longer one saves messages and adds to detection twice: as mean gap, and as
     * time between judgements. For a lost heartbeat to pass without suspicion, {@code acceptablePause + 5.2 *
     * minimumDeviation} should exceed the interval.
     *
     * @param interval 1 ms to 10 s; default 100 ms
     */
    public PhiAccrual withHeartbeatInterval(Duration interval) {
        return new PhiAccrual(
                Settings.heartbeatInterval(interval), suspectedPhi, downPhi, window, minimumDeviation, acceptablePause);
    }

    /**
     * The same with other thresholds. Lower ones detect earlier and are wrong more often.
     *
     * @param suspected the phi from which a peer is suspected; 1 to 100, default 8
     * @param down the phi from which it is down; above {@code suspected}, at most 100, default 16
     */
    public PhiAccrual withThresholds(double suspected, double down) {
        if (!(suspected >= 1 && suspected <= 100)) {
            throw new IllegalArgumentException("suspected threshold " + suspected + " is not within 1 to 100");
        }
        if (!(down > suspected && down <= 100)) {
            throw new IllegalArgumentException("down threshold " + down + " is not above the suspected threshold, "
                    + suspected + ", and at most 100");
        }
        return new PhiAccrual(heartbeatInterval, suspected, down, window, minimumDeviation, acceptablePause);
    }

    /**
     * The same with another number of gaps to learn from. A longer window is steadier and follows a change of the network more
     * slowly; the default remembers 100 s. It costs 8 bytes per gap and peer, and no more time.
     *
     * @param heartbeats 10 to 10,000; default 1,000
     */
    public PhiAccrual withWindow(int heartbeats) {
        if (heartbeats < 10 || heartbeats > GapWindow.LARGEST_SIZE) {
            throw new IllegalArgumentException(
                    "window " + heartbeats + " is not within 10 to " + GapWindow.LARGEST_SIZE + " heartbeats");
        }
        return new PhiAccrual(heartbeatInterval, suspectedPhi, downPhi, heartbeats, minimumDeviation, acceptablePause);
    }

    /**
     * The same with another floor under the deviation. On a quiet network gaps differ by less than a millisecond, and
     * without a floor the first hiccup would be taken for a failure.
     *
     * @param deviation 1 ms to 10 s; default 100 ms
     */
    public PhiAccrual withMinimumDeviation(Duration deviation) {
        Settings.within("minimumDeviation", deviation, Duration.ofMillis(1), Duration.ofSeconds(10));
        return new PhiAccrual(heartbeatInterval, suspectedPhi, downPhi, window, deviation, acceptablePause);
    }

    /**
     * The same with another time that a healthy peer may be silent on top of its rhythm, say for garbage collection. Adds to
     * detection as it is.
     *
     * @param pause 0 to 1 hour; default 400 ms
     */
    public PhiAccrual withAcceptablePause(Duration pause) {
        Settings.within("acceptablePause", pause, Duration.ZERO, Duration.ofHours(1));
        return new PhiAccrual(heartbeatInterval, suspectedPhi, downPhi, window, minimumDeviation, pause);
    }

    @Override
    public Duration heartbeatInterval() {
        return heartbeatInterval;
    }

    double suspectedPhi() {
        return suspectedPhi;
    }

    double downPhi() {
        return downPhi;
    }

    int window() {
        return window;
    }

    Duration minimumDeviation() {
        return minimumDeviation;
    }

    Duration acceptablePause() {
        return acceptablePause;
    }

    @Override
    Estimator newEstimator() {
        return new PhiAccrualEstimator(this);
    }

    @Override
    public String toString() {
        return "phi accrual, suspected from " + suspectedPhi + ", down from " + downPhi + ", window " + window
                + ", minimum deviation " + minimumDeviation + ", acceptable pause " + acceptablePause
                + ", heartbeat each " + heartbeatInterval;
    }
}
