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
 * A source of faults, one after the other, each undone before the next. A seed draws which fault
 * comes, for how long, and whom it hits. Processes run in real time, so that the seed does not
 * replay a run exactly.
 */
public abstract class Faults implements Runnable {
    private static final Duration MAX_CALM = Duration.ofMillis(1500);

    final ChaosCluster cluster;
    final SplittableRandom random;
    private final Story story;
    private final CountDownLatch ending = new CountDownLatch(1);
    private volatile long endedAt;
    private volatile Throwable failure;

    Faults(ChaosCluster cluster, Story story, long seed) {
        this.cluster = cluster;
        this.story = story;
        this.random = new SplittableRandom(seed);
    }

    /** Causes one fault and undoes it. Returns what it was. */
    abstract String strike() throws Exception;

    /** Causes faults until {@link #end}. */
    @Override
    public final void run() {
        try {
            while (!rest(between(Duration.ZERO, MAX_CALM))) {
                long begin = System.nanoTime();
                note(begin, strike());
            }
        } catch (Exception | Error e) {
            failure = e;
        }
    }

    final void note(long begin, String what) {
        story.add(begin, what);
    }

    /** Causes no more faults. The present one is undone soon. Safe for use by any thread. */
    public final void end() {
        endedAt = System.nanoTime();
        ending.countDown();
    }

    /** Throws if anything went wrong that was not meant to. */
    public final void requireFine() {
        if (failure != null) {
            throw new AssertionError("a fault could not be caused or undone", failure);
        }
    }

    /** Waits for some time, or less if the end comes. Returns whether it has come. */
    final boolean rest(Duration time) throws InterruptedException {
        return ending.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** For how long no faults have been wanted any longer; zero while they are. */
    final Duration sinceEnd() {
        return ending.getCount() > 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - endedAt);
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
        List<String> mixed = shuffled(cluster.replicas());
        int most = Math.max(1, (mixed.size() - 1) / 2);
        return mixed.subList(0, 1 + random.nextInt(most));
    }

    final List<String> shuffled(List<String> names) {
        List<String> mixed = new ArrayList<>(names);
        Collections.shuffle(mixed, new Random(random.nextLong()));
        return mixed;
    }

    static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.2f s", time.toMillis() / 1000.0);
    }
}
