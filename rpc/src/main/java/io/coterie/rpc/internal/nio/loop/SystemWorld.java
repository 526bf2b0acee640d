package io.coterie.rpc.internal.nio.loop;

import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.RandomSource;
import io.coterie.rpc.spi.Scheduler;
import io.coterie.rpc.spi.World;
import java.security.SecureRandom;
import java.util.SplittableRandom;

/** The real world: the machine's clock and random source. */
public final class SystemWorld {
    private static final Clock CLOCK = new Clock() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }
    };

    private SystemWorld() {}

    /**
     * A world around a loop. Its random source is seeded by the system's, so that no two starts
     * draw the same numbers.
     */
    public static World on(Scheduler loop) {
        SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());
        RandomSource source = random::nextLong;
        return new World(CLOCK, loop, source);
    }
}
