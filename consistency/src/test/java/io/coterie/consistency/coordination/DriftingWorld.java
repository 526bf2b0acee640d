package io.coterie.consistency.coordination;

import io.coterie.rpc.Clock;
import io.coterie.rpc.Scheduler;
import io.coterie.rpc.World;

/** A node's world whose steady clock, timers included, runs fast or slow. */
final class DriftingWorld {
    private DriftingWorld() {}

    /**
     * The same world on another clock.
     *
     * @param rate how much the clock gains per second of true time; negative numbers lose
     */
    static World of(World truth, double rate) {
        return new World(
                new DriftingClock(truth.clock(), truth.clock().nanos(), rate),
                new DriftingScheduler(truth.scheduler(), rate),
                truth.random());
    }

    private record DriftingClock(Clock truth, long began, double rate) implements Clock {
        @Override
        public long nanos() {
            long elapsed = truth.nanos() - began;
            return began + elapsed + (long) (elapsed * rate);
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
