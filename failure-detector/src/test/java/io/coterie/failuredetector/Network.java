package io.coterie.failuredetector;

import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * How heartbeats travel from one process to another, and how both are held up. Times are in
 * milliseconds where nothing else is said.
 *
 * @param delay the shortest time of travel; on top of it there is an exponentially distributed jitter
 * @param loss the share of heartbeats that are lost
 * @param bad spells in which the network is worse; null if there are none
 * @param badLoss the loss in such a spell
 * @param badFactor what the times of travel are multiplied by in such a spell
 * @param watchedPauses pauses of the watched process; null if there are none
 * @param watchingPauses pauses of the watching process; null if there are none
 * @param slowInterval if above zero, the watched process sends no more often than so after a while
 */
record Network(
        String name,
        double delay,
        double jitter,
        double loss,
        Phases.@Nullable Law bad,
        double badLoss,
        double badFactor,
        Phases.@Nullable Law watchedPauses,
        Phases.@Nullable Law watchingPauses,
        double slowInterval,
        @Nullable Trace trace) {

    /** When the lasting slow-down begins. */
    static final long SLOW_FROM = 30_000_000_000L;

    private static final Phases.Law PAUSES = new Phases.Law(60, 0.1, 10);

    static final List<Network> ALL = List.of(
            plain("LAN", 0.2, 0.1, 0),
            plain("WAN, jitter", 50, 15, 0.001),
            plain("10 % loss", 20, 3, 0.1),
            plain("30 % loss", 20, 3, 0.3),
            plain("loss in bursts", 20, 3, 0.001).withBad(new Phases.Law(20, 0.1, 1), 1, 1),
            plain("one-way loss", 20, 3, 0).withBad(new Phases.Law(540, 30, 90), 0.5, 1),
            plain("congestion", 40, 5, 0).withBad(new Phases.Law(80, 5, 60), 0.01, 2),
            plain("lasting slow-down", 20, 3, 0).withSlowInterval(2_000),
            plain("flapping link", 1, 0.2, 0).withBad(new Phases.Law(60, 0.5, 5), 1, 1),
            plain("pauses, watched", 0.2, 0.1, 0).withPauses(PAUSES, null),
            plain("pauses, watching", 0.2, 0.1, 0).withPauses(null, PAUSES));

    static Network plain(String name, double delay, double jitter, double loss) {
        return new Network(name, delay, jitter, loss, null, loss, 1, null, null, 0, null);
    }

    /** A network as it was recorded. */
    static Network of(Trace trace) {
        return new Network("trace", 0, 0, 0, null, 0, 1, null, null, 0, trace);
    }

    private Network withBad(Phases.Law law, double badLoss, double badFactor) {
        return new Network(name, delay, jitter, loss, law, badLoss, badFactor, null, null, 0, null);
    }

    private Network withPauses(Phases.@Nullable Law watched, Phases.@Nullable Law watching) {
        return new Network(name, delay, jitter, loss, null, 0, 1, watched, watching, 0, null);
    }

    private Network withSlowInterval(double millis) {
        return new Network(name, delay, jitter, loss, null, 0, 1, null, null, millis, null);
    }

    Link open(long nanos, SplittableRandom random) {
        return new Link(this, nanos, random);
    }

    /** One run of the network, in which everything follows from the random numbers. */
    static final class Link {
        static final long LOST = -1;

        private final Network network;
        private final SplittableRandom random;
        private final Phases bad;
        private final Phases watchedPauses;
        private final Phases watchingPauses;
        private long lastArrival;

        private Link(Network network, long nanos, SplittableRandom random) {
            this.network = network;
            this.random = random;
            bad = draw(network.bad, nanos);
            watchedPauses = draw(network.watchedPauses, nanos);
            watchingPauses = draw(network.watchingPauses, nanos);
        }

        private Phases draw(Phases.@Nullable Law law, long nanos) {
            return law == null ? Phases.NONE : Phases.draw(law, nanos, random);
        }

        /** When a heartbeat is sent whose turn is at that time. */
        long sent(long due) {
            return watchedPauses.endOf(due);
        }

        /** When the next is due after one was sent. */
        long next(long sent, long interval) {
            long slow = (long) (network.slowInterval * 1e6);
            return sent + (sent >= SLOW_FROM ? Math.max(interval, slow) : interval);
        }

        /**
         * When a heartbeat arrives, never before an earlier one, or {@link #LOST}.
         *
         * @param tries how many messages carry it, of which one must arrive
         */
        long arrival(long sent, int tries) {
            if (network.trace != null) {
                return network.trace.arrivalAfter(sent);
            }
            boolean isBad = bad.covers(sent);
            double jitter = -Math.log(1 - random.nextDouble()) * network.jitter;
            if (random.nextDouble() < Math.pow(isBad ? network.badLoss : network.loss, tries)) {
                return LOST;
            }
            double travel = (network.delay + jitter) * (isBad ? network.badFactor : 1);
            lastArrival = Math.max(lastArrival, sent + (long) (travel * 1e6));
            return lastArrival;
        }

        /** When the watching process does what is due at that time. */
        long awake(long time) {
            return watchingPauses.endOf(time);
        }
    }
}
