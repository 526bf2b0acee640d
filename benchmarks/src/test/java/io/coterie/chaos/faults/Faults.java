package io.coterie.chaos.faults;

import io.coterie.chaos.cluster.ChaosCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A source of faults, one after the other, each of them undone before the next. Which ones, for how long and to whom is
 * drawn from a seed; what meets what is not, as processes run in real time: the seed does not replay a run exactly.
 */
public abstract class Faults implements Runnable {
    private static final Duration LONGEST_CALM = Duration.ofMillis(1500);

    final ChaosCluster cluster;
    final SplittableRandom random;
    private final Story story;
    private final CountDownLatch ending = new CountDownLatch(1);
    private volatile Throwable failure;

    Faults(ChaosCluster cluster, Story story, long seed) {
        this.cluster = cluster;
        this.story = story;
        this.random = new SplittableRandom(seed);
    }

    /** Brings about one fault and undoes it. Returns what it was. */
    abstract String strike() throws Exception;

    /** Until {@link #end}. */
    @Override
    public final void run() {
        try {
            while (!stand(between(Duration.ZERO, LONGEST_CALM))) {
                long begin = System.nanoTime();
                story.tell(begin, strike());
            }
        } catch (Exception | Error e) {
            failure = e;
        }
    }

    /** Brings about nothing more; what is there is undone soon. Safe for use by any thread. */
    public final void end() {
        ending.countDown();
    }

    /** Throws what went wrong, if something did that was not meant to. */
    public final void requireFine() {
        if (failure != null) {
            throw new AssertionError("a fault could not be brought about or undone", failure);
        }
    }

    /** Lets some time go by, or less if the end comes. Returns whether it has come. */
    final boolean stand(Duration time) throws InterruptedException {
        return ending.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    final Duration between(Duration shortest, Duration longest) {
        return Duration.ofNanos(random.nextLong(shortest.toNanos(), longest.toNanos() + 1));
    }

    final Duration millis(int shortest, int longest) {
        return between(Duration.ofMillis(shortest), Duration.ofMillis(longest));
    }

    final String anyReplica() {
        return shuffled(cluster.replicas()).get(0);
    }

    /** At least one replica, and no more than may be away. */
    final List<String> minority() {
        int most = (cluster.replicas().size() - 1) / 2;
        return shuffled(cluster.replicas()).subList(0, 1 + random.nextInt(most));
    }

    final List<String> shuffled(List<String> names) {
        List<String> mixed = new ArrayList<>(names);
        Collections.shuffle(mixed, new Random(random.nextLong()));
        return mixed;
    }

    static String told(Duration time) {
        return String.format(Locale.ROOT, "%.2f s", time.toMillis() / 1000.0);
    }
}
