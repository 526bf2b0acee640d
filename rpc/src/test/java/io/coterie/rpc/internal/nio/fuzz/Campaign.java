package io.coterie.rpc.internal.nio.fuzz;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * So many inputs, in batches that are each drawn from a seed of their own: half of the seeds are
 * the same in every run, half are fresh. A batch that fails can be run again by itself.
 */
public final class Campaign {
    /** How many inputs there are over sockets, and as many again without. */
    static final long INPUTS = Long.getLong("coterie.fuzz", 100_000);

    private static final @Nullable Long ONE_SEED = Long.getLong("coterie.fuzz.seed");
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String test;
    private final long fresh = new SplittableRandom().nextLong();

    /** Makes and sends one batch. */
    public interface Batch {
        /** Returns how many inputs that were. */
        int run(SplittableRandom random) throws Exception;
    }

    /** @param test the test class and method, by which it can be run again */
    Campaign(String test) {
        this.test = test;
    }

    /** Runs batches until there were so many inputs, and returns what there is to report of it. */
    public String run(long inputs, Batch batch) {
        long start = System.nanoTime();
        long progress = start;
        long done = 0;
        for (long i = 0; done < inputs; i++) {
            done += runOne(ONE_SEED != null ? ONE_SEED : seed(i), batch);
            if (ONE_SEED != null) {
                break;
            }
            if (System.nanoTime() - progress > PROGRESS_NANOS) {
                progress = System.nanoTime();
                System.out.println(line(done, start) + " so far");
            }
        }
        return line(done, start);
    }

    private int runOne(long seed, Batch batch) {
        try {
            return batch.run(new SplittableRandom(seed));
        } catch (Throwable e) {
            throw new AssertionError(
                    "seed " + seed + " of " + test + "; to run it again: mvn -pl rpc test -Dtest=" + test
                            + " -Dcoterie.fuzz.seed=" + seed + "\n" + e.getMessage(),
                    e);
        }
    }

    private long seed(long batch) {
        return new SplittableRandom(batch % 2 == 0 ? batch : fresh + batch).nextLong();
    }

    private String line(long done, long start) {
        double seconds = (System.nanoTime() - start) / 1e9;
        return "fuzz %s: %,d inputs in %.1f s, %,.0f/s, fresh seed %d"
                .formatted(test, done, seconds, done / seconds, fresh);
    }
}
