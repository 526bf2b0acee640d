package io.coterie.failuredetector;

import io.coterie.rpc.node.NodeId;
import java.util.SplittableRandom;

/**
 * One process watches another through a network: arrivals and judgments in the order of time, without
 * threads and sockets. Does what {@link FailureDetector} does at each.
 */
final class WatchRun {
    /** Mistakes count from here on, as a detector must know a rhythm first. */
    static final long WARM_UP = 20_000_000_000L;

    private final Contender contender;
    private final Network.Link link;
    private final SplittableRandom random;
    private final WatchedPeer peer;
    private final MistakeClock suspicions = new MistakeClock();
    private final MistakeClock downs = new MistakeClock();
    private final long crash;
    private long due;
    private long tickDue;
    private long pausedFrom;

    private WatchRun(Contender contender, Network network, long seed, long crash, long end) {
        this.contender = contender;
        this.crash = crash;
        random = new SplittableRandom(seed);
        link = network.open(end, random.split());
        peer = new WatchedPeer(NodeId.of("watched"), contender.newEstimator().get(), 0);
        due = random.nextLong(contender.intervalNanos());
        tickDue = random.nextLong(contender.judgedNanos());
        pausedFrom = tickDue;
    }

    /** The mistakes in so many hours of a process that never fails. */
    static Quality mistakes(Contender contender, Network network, long seed, double hours) {
        long end = WARM_UP + (long) (hours * 3_600e9);
        WatchRun run = new WatchRun(contender, network, seed, Long.MAX_VALUE, end);
        run.until(end, false);
        return new Quality(run.suspicions.result(end), run.downs.result(end));
    }

    /**
     * How long after a failure at that time the process is suspected, and down, for good, in seconds;
     * zero for what it was by mistake already.
     */
    static double[] detection(Contender contender, Network network, long seed, long crash) {
        long end = crash + 600_000_000_000L;
        WatchRun run = new WatchRun(contender, network, seed, crash, end);
        run.until(end, true);
        return new double[] {
            Math.max(0, run.suspicions.since() - crash) / 1e9, Math.max(0, run.downs.since() - crash) / 1e9
        };
    }

    private void until(long end, boolean untilDown) {
        long arrival = nextArrival();
        boolean arrivalsFirst = random.nextBoolean();
        while (true) {
            long tick = link.awake(tickDue);
            long processed = arrival == Long.MAX_VALUE ? arrival : link.awake(arrival);
            if (Math.min(tick, processed) >= end) {
                return;
            }
            // After a pause of its own, a process reads sockets first or timers first.
            if (processed < tick || (processed == tick && arrivalsFirst)) {
                noticePause(processed);
                peer.heartbeat(processed);
                note(processed);
                arrival = nextArrival();
            } else {
                tick(tick);
                arrivalsFirst = random.nextBoolean();
                if (untilDown && arrival == Long.MAX_VALUE && peer.state() == PeerState.DOWN) {
                    return;
                }
            }
        }
    }

    private void tick(long now) {
        noticePause(now);
        tickDue = now + contender.judgedNanos();
        pausedFrom = tickDue;
        peer.judge(now, Long.MAX_VALUE);
        note(now);
    }

    private void noticePause(long now) {
        long late = now - pausedFrom;
        if (late > contender.ownPauseNanos()) {
            peer.discountPause(late, now);
            pausedFrom = now;
        }
    }

    private void note(long now) {
        PeerState state = peer.state();
        suspicions.set(state == PeerState.SUSPECTED || state == PeerState.DOWN, now);
        downs.set(state == PeerState.DOWN, now);
    }

    private long nextArrival() {
        while (true) {
            long sent = link.sent(due);
            if (sent >= crash) {
                return Long.MAX_VALUE;
            }
            due = link.next(sent, contender.intervalNanos());
            long arrival = link.arrival(sent, contender.tries());
            if (arrival != Network.Link.LOST) {
                return arrival;
            }
        }
    }

    /** Adds up how often and for how long an opinion was held. */
    private static final class MistakeClock {
        private boolean held;
        private long since;
        private long count;
        private long total;

        void set(boolean now, long time) {
            if (now == held) {
                return;
            }
            if (now) {
                since = time;
                if (time >= WARM_UP) {
                    count++;
                }
            } else {
                add(time);
            }
            held = now;
        }

        private void add(long time) {
            total += Math.max(0, time - Math.max(since, WARM_UP));
        }

        /** Since when the opinion is held. */
        long since() {
            return held ? since : Long.MAX_VALUE;
        }

        Quality.Mistakes result(long end) {
            if (held) {
                add(end);
            }
            double watched = (end - WARM_UP) / 1e9;
            return new Quality.Mistakes(
                    count / (watched / 3_600), count == 0 ? 0 : total / 1e9 / count, 1 - total / 1e9 / watched);
        }
    }
}
