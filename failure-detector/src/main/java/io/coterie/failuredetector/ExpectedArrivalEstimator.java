package io.coterie.failuredetector;

/**
 * Judges a silence by how long the next heartbeat is overdue. {@link ExpectedArrival} has the
 * formula and the sources.
 *
 * <p>The papers number heartbeats and know their interval. Here both are taken from the arrivals. A
 * heartbeat's number is that of the nearest multiple of the interval, so that lost ones are counted.
 * And a peer that counts its interval from its last heartbeat drifts, so that a configured interval
 * would be wrong by more and more.
 */
final class ExpectedArrivalEstimator implements Estimator {
    private final long configuredMicros;
    private final long suspectedMarginMicros;
    private final long downMarginMicros;
    private final ArrivalTimes shortWindow;
    private final ArrivalTimes longWindow;
    private final LateGaps lateGaps = new LateGaps();

    /** What an inter-arrival time is rounded to a multiple of. */
    private double intervalMicros;

    private long lastArrival;
    private long lastNumber;
    private double expectedSilenceMicros;

    ExpectedArrivalEstimator(ExpectedArrival settings) {
        configuredMicros = settings.heartbeatInterval.toNanos() / 1_000;
        downMarginMicros = settings.margin.toNanos() / 1_000;
        suspectedMarginMicros = downMarginMicros / 2;
        shortWindow = new ArrivalTimes(settings.shortWindow);
        longWindow = new ArrivalTimes(settings.longWindow);
        forget();
    }

    /**
     * Learns a time. A much shorter one than the interval ends a burst, which had waited on its way:
     * it is left out. A late one counts as lost heartbeats, unless it is part of a new rhythm.
     */
    @Override
    public void interArrival(long nanos) {
        long micros = Math.min(nanos / 1_000, ArrivalWindow.MAX_INTER_ARRIVAL_MICROS);
        if (micros < configuredMicros / 4) {
            lastArrival += micros;
        } else if (lateGaps.add(micros, verdict(nanos) != PeerState.UP)) {
            restart(lateGaps.takeNewRhythm());
        } else {
            add(micros);
        }
        expectNext();
    }

    @Override
    public PeerState verdict(long silenceNanos) {
        double overdue = silenceNanos / 1_000.0 - expectedSilenceMicros;
        if (overdue >= downMarginMicros) {
            return PeerState.DOWN;
        }
        return overdue >= suspectedMarginMicros ? PeerState.SUSPECTED : PeerState.UP;
    }

    @Override
    public void forget() {
        lateGaps.clear();
        restart(new long[0]);
        expectNext();
    }

    private void restart(long[] rhythm) {
        shortWindow.clear();
        longWindow.clear();
        lastArrival = 0;
        lastNumber = 0;
        intervalMicros = configuredMicros;
        if (rhythm.length > 0) {
            long sum = 0;
            for (long micros : rhythm) {
                sum += micros;
            }
            intervalMicros = (double) sum / rhythm.length;
        }
        remember();
        for (long micros : rhythm) {
            add(micros);
        }
    }

    private void add(long micros) {
        lastArrival += micros;
        lastNumber += Math.max(1, Math.round(micros / intervalMicros));
        remember();
    }

    private void remember() {
        shortWindow.add(lastArrival, lastNumber);
        longWindow.add(lastArrival, lastNumber);
    }

    private void expectNext() {
        double interval = longWindow.interval(intervalMicros);
        expectedSilenceMicros = Math.max(
                shortWindow.expected(lastNumber + 1, interval, lastArrival),
                longWindow.expected(lastNumber + 1, interval, lastArrival));
    }
}
