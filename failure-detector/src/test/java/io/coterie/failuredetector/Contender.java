package io.coterie.failuredetector;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * A failure detector in the matrix.
 *
 * @param intervalNanos between heartbeats
 * @param judgedNanos between judgments
 * @param tries by how many ways a heartbeat comes, of which one is enough
 * @param ownPauseNanos by how much a judgment must be late so that the time does not count as silence
 */
record Contender(
        String name,
        long intervalNanos,
        long judgedNanos,
        int tries,
        long ownPauseNanos,
        Supplier<Estimator> newEstimator) {
    private static final long SECOND = 1_000_000_000;
    private static final long NEVER = Long.MAX_VALUE;

    static Contender ours(String name, FailureDetection config) {
        long interval = config.heartbeatInterval().toNanos();
        return new Contender(name, interval, interval, 1, interval, config::newEstimator);
    }

    static final Contender DEFAULT = ours("phi (default)", FailureDetection.phiAccrual());

    static final List<Contender> OURS = List.of(
            DEFAULT,
            ours("phi, exponential", FailureDetection.phiAccrual().withModel(PhiAccrual.Model.EXPONENTIAL)),
            ours("expected arrival, 1.1 s", ExpectedArrival.oneWindow(Duration.ofMillis(1_100))),
            ours("two windows, 1.1 s", ExpectedArrival.twoWindows(Duration.ofMillis(1_100))),
            ours("fixed timeout, 1.2 s", FailureDetection.fixedTimeout(Duration.ofMillis(1_200))),
            ours("one a day, 2 s", WantedQuality.of(Duration.ofDays(1), Duration.ofSeconds(2))),
            ours("one an hour, 5 s", WantedQuality.of(Duration.ofHours(1), Duration.ofSeconds(5))));

    /** As they are shipped. What is not about heartbeats and silence is left out. */
    static final List<Contender> OTHERS = List.of(
            new Contender("JGroups FD_ALL3", 8 * SECOND, 8 * SECOND, 1, NEVER, () -> silence(40, 40)),
            new Contender("Pekko/Akka", SECOND, SECOND, 1, NEVER, () -> new TextbookPhi(1, 8, 1_000, 0.1, 3)),
            new Contender(
                    "Cassandra",
                    SECOND,
                    SECOND,
                    1,
                    5 * SECOND,
                    () -> new TextbookPhi(1, 8, 1_000, 0, 0).exponential(2)),
            new Contender("Hazelcast, deadline", 5 * SECOND, 5 * SECOND, 1, NEVER, () -> silence(60, 60)),
            new Contender("Hazelcast, phi", SECOND, SECOND, 1, NEVER, () -> new TextbookPhi(1, 10, 200, 0.1, 60)),
            // A probe goes directly and by three others, and ends after its interval. Then 4 s must pass.
            new Contender("memberlist", SECOND, SECOND / 10, 4, NEVER, () -> silence(2, 6)));

    private static Estimator silence(long suspected, long down) {
        return new Estimator() {
            @Override
            public void interArrival(long nanos) {}

            @Override
            public PeerState verdict(long silenceNanos) {
                if (silenceNanos >= down * SECOND) {
                    return PeerState.DOWN;
                }
                return silenceNanos >= suspected * SECOND ? PeerState.SUSPECTED : PeerState.UP;
            }

            @Override
            public void forget() {}
        };
    }
}
