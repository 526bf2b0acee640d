package io.coterie.consistency.internal.coordination.cluster;

import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.Scheduler;
import io.coterie.rpc.spi.World;
import java.time.Duration;

/**
 * A node's world whose steady clock, timers included, runs fast or slow; and which jumps ahead,
 * which timers do not see.
 */
final class DriftingWorld {
    private DriftingWorld() {}

    /**
     * A world with another clock in place of its own.
     *
     * @param rate how much the clock gains per second of true time; negative numbers lose
     * @param every how often it jumps, in true time; above zero
     * @param leap how far it jumps ahead; zero if it does not
     */
    static World of(World truth, double rate, Duration every, Duration leap) {
        return new World(
                new DriftingClock(truth.clock(), truth.clock().nanos(), rate, every.toNanos(), leap.toNanos()),
                new DriftingScheduler(truth.scheduler(), rate),
                truth.random());
    }

    private record DriftingClock(Clock truth, long began, double rate, long every, long leap) implements Clock {
        @Override
        public long nanos() {
            long elapsed = truth.nanos() - began;
            return began + elapsed + (long) (elapsed * rate) + elapsed / every * leap;
        }

        @Override
        public long wallMillis() {
            return truth.wallMillis();
        }
    }

    private record DriftingScheduler(Scheduler truth, double rate) implements Scheduler {
        @Override
        public boolean execute(Runnable task) {
            return truth.execute(task);
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            return truth.schedule((long) Math.ceil(delayNanos / (1 + rate)), task);
        }

        @Override
        public boolean inLoop() {
            return truth.inLoop();
        }
    }
}
