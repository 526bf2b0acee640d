package io.coterie.failuredetector;

import io.coterie.rpc.internal.settings.Durations;
import java.time.Duration;
import java.util.Objects;

/**
 * Failure detection by a suspicion level, phi, that grows with silence and is measured against the
 * peer's own rhythm (Hayashibara, Défago, Yared and Katayama, The φ Accrual Failure Detector, SRDS
 * 2004).
 *
 * <p>After a silence {@code t}, {@code phi(t) = -log10(P(interArrival > t))}. The inter-arrival
 * times of heartbeats are taken to be normally distributed, with the mean and the deviation of the
 * last {@link #withWindow window} of them. The acceptable pause is added to the mean, and the
 * deviation is never below its minimum. If that model held, a decision at phi would be wrong once
 * in {@code 10^phi} times. Real networks have a longer tail, so take phi as a scale and not as a
 * probability.
 *
 * <p>Choose the settings by the time that they result in:
 *
 * <pre>{@code
 * t = mean interArrival + acceptablePause + k * max(minimumDeviation, deviation of interArrival)
 *
 * phi    1     2     4     8     12    16
 * k      1.3   2.3   3.6   5.2   6.3   7.1
 * }</pre>
 *
 * <p>Detection takes up to one heartbeat interval more, because peers are judged once per interval.
 * With the defaults and a steady peer: suspected after {@code 100 + 400 + 5.2 * 100 = 1,020 ms},
 * down after {@code 100 + 400 + 7.1 * 100 = 1,210 ms}.
 *
 * <p>The defaults follow from two demands. Garbage collection or a busy processor keeps a healthy
 * process silent for some hundred milliseconds, which must pass without suspicion. A process that
 * was stopped must be noticed within 1.5 s. The pause and the minimum deviation ensure both. The
 * window matters only on a link that is itself irregular.
 *
 * <p>Three things are not learned as they are. A silence that was long enough for suspicion is a
 * stop, unless 3 of the last 16 were so long: then the peer has a new rhythm, and only that counts.
 * A heartbeat that arrives in a burst is left out. A time more than 3 deviations above the mean
 * counts as 3. As long as few times are known, the deviation is taken to be larger, up to half of
 * the interval.
 *
 * <p>Immutable, so any thread may use it.
 */
public final class PhiAccrual extends FailureDetection {
    static final PhiAccrual DEFAULT = new PhiAccrual(
            Settings.DEFAULT_HEARTBEAT_INTERVAL,
            8,
            16,
            1_000,
            Duration.ofMillis(100),
            Duration.ofMillis(400),
            Model.NORMAL);

    private final Duration heartbeatInterval;
    private final double suspectedPhi;
    private final double downPhi;
    private final int window;
    private final Duration minimumDeviation;
    private final Duration acceptablePause;
    private final Model model;

    /** How inter-arrival times are taken to be distributed. */
    public enum Model {
        /** Around the mean, with the deviation that was observed. */
        NORMAL,
        /**
         * As arrivals that have nothing to do with one another: {@code t = acceptablePause + 2.3 *
         * phi * mean interArrival}. The deviation does not matter. This is the model of Apache
         * Cassandra (Lakshman and Malik, Cassandra: A Decentralized Structured Storage System,
         * 2010). It suits heartbeats that take many ways, as in gossip. With the other defaults, a
         * steady peer is suspected after 2.2 s and down after 4.1 s.
         */
        EXPONENTIAL
    }

    private PhiAccrual(
            Duration heartbeatInterval,
            double suspectedPhi,
            double downPhi,
            int window,
            Duration minimumDeviation,
            Duration acceptablePause,
            Model model) {
        this.heartbeatInterval = heartbeatInterval;
        this.suspectedPhi = suspectedPhi;
        this.downPhi = downPhi;
        this.window = window;
        this.minimumDeviation = minimumDeviation;
        this.acceptablePause = acceptablePause;
        this.model = model;
    }

    /**
     * A copy with another heartbeat interval. A longer one saves messages and delays detection
     * twice: by the mean inter-arrival time, and by the time between judgments. To let one lost
     * heartbeat pass without suspicion, keep the interval below {@code acceptablePause + 5.2 *
     * minimumDeviation}.
     *
     * @param interval 1 ms to 10 s; default 100 ms
     * @throws IllegalArgumentException if the interval is out of range
     */
    public PhiAccrual withHeartbeatInterval(Duration interval) {
        return new PhiAccrual(
                Settings.heartbeatInterval(interval),
                suspectedPhi,
                downPhi,
                window,
                minimumDeviation,
                acceptablePause,
                model);
    }

    /**
     * A copy with other thresholds. Lower ones detect earlier and are wrong more often. The table
     * above shows which time a threshold results in.
     *
     * @param suspected the phi from which a peer is suspected; 1 to 100, default 8
     * @param down the phi from which it is down; above {@code suspected}, at most 100, default 16
     * @throws IllegalArgumentException if a threshold is out of range
     */
    public PhiAccrual withThresholds(double suspected, double down) {
        if (!(suspected >= 1 && suspected <= 100)) {
            throw new IllegalArgumentException("suspected threshold " + suspected + " is not within 1 to 100");
        }
        if (!(down > suspected && down <= 100)) {
            throw new IllegalArgumentException("down threshold " + down + " is not above the suspected threshold, "
                    + suspected + ", and at most 100");
        }
        return new PhiAccrual(heartbeatInterval, suspected, down, window, minimumDeviation, acceptablePause, model);
    }

    /**
     * A copy with another number of inter-arrival times to learn from. A longer window is steadier
     * and follows a change of the network more slowly. The default remembers 100 s. Each peer
     * costs 8 bytes of memory per heartbeat of the window; the time of a judgment stays the same.
     *
     * @param heartbeats 10 to 10,000; default 1,000
     * @throws IllegalArgumentException if the number is out of range
     */
    public PhiAccrual withWindow(int heartbeats) {
        return new PhiAccrual(
                heartbeatInterval,
                suspectedPhi,
                downPhi,
                Settings.window(heartbeats),
                minimumDeviation,
                acceptablePause,
                model);
    }

    /**
     * A copy with another minimum of the deviation. On a quiet network inter-arrival times differ
     * by less than a millisecond; without a minimum, the first short delay would look like a
     * failure. Adds {@code k} times its value to the time of detection.
     *
     * @param deviation 1 ms to 10 s; default 100 ms
     * @throws IllegalArgumentException if the deviation is out of range
     */
    public PhiAccrual withMinimumDeviation(Duration deviation) {
        Settings.within("minimumDeviation", deviation, Duration.ofMillis(1), Duration.ofSeconds(10));
        return new PhiAccrual(heartbeatInterval, suspectedPhi, downPhi, window, deviation, acceptablePause, model);
    }

    /**
     * A copy with another acceptable pause: how long a healthy peer may be silent beyond its
     * rhythm, for example during garbage collection. Delays detection by exactly that time.
     *
     * @param pause 0 to 1 hour; default 400 ms
     * @throws IllegalArgumentException if the pause is out of range
     */
    public PhiAccrual withAcceptablePause(Duration pause) {
        Settings.within("acceptablePause", pause, Duration.ZERO, Duration.ofHours(1));
        return new PhiAccrual(heartbeatInterval, suspectedPhi, downPhi, window, minimumDeviation, pause, model);
    }

    /**
     * A copy with another model of inter-arrival times.
     *
     * @param model default {@link Model#NORMAL}
     */
    public PhiAccrual withModel(Model model) {
        return new PhiAccrual(
                heartbeatInterval,
                suspectedPhi,
                downPhi,
                window,
                minimumDeviation,
                acceptablePause,
                Objects.requireNonNull(model, "model"));
    }

    @Override
    public Duration heartbeatInterval() {
        return heartbeatInterval;
    }

    @Override
    PhiAccrualEstimator newEstimator() {
        return new PhiAccrualEstimator(
                heartbeatInterval,
                suspectedPhi,
                downPhi,
                window,
                minimumDeviation,
                acceptablePause,
                model == Model.EXPONENTIAL);
    }

    @Override
    public String toString() {
        return (model == Model.EXPONENTIAL ? "exponential " : "") + "phi accrual, suspected from " + suspectedPhi
                + ", down from " + downPhi + ", window " + window
                + ", minimum deviation " + Durations.text(minimumDeviation) + ", acceptable pause "
                + Durations.text(acceptablePause)
                + ", heartbeat each " + Durations.text(heartbeatInterval);
    }
}
