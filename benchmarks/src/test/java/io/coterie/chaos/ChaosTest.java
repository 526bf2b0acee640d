package io.coterie.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.chaos.callers.SharedKeys;
import io.coterie.chaos.cluster.Folders;
import io.coterie.chaos.cluster.MemberLog;
import io.coterie.chaos.faults.Story;
import io.coterie.simulation.history.History;
import io.coterie.simulation.history.LinearizabilityChecker;
import io.coterie.simulation.history.Operation;
import io.coterie.simulation.history.Outcome;
import io.coterie.simulation.history.RegisterModel;
import io.coterie.simulation.history.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Real replica processes under real faults. The answers to callers must be linearizable: nothing
 * acknowledged is missing after the death of all replicas, and nothing was done twice. Members come
 * and go meanwhile, and lose their records. In the end all members vote, and every node answers.
 *
 * <p>{@code -Dcoterie.chaos=PT10M} causes faults for so long, in lives of clusters of at most five
 * minutes. {@code -Dcoterie.seed} draws the same faults again, which hit the same moments only by
 * luck.
 */
class ChaosTest {
    private static final Duration TIME = Duration.parse(System.getProperty("coterie.chaos", "PT40S"));
    private static final Duration MAX_LIFE = Duration.ofMinutes(5);

    /** With fewer answers a history proves little. A busy machine answers some hundred. */
    private static final long MIN_ANSWERS_PER_SECOND = 10;

    @Test
    void threeReplicasKeepTheirPromises() throws Exception {
        live(List.of("a", "b", "c"));
    }

    @Test
    void fiveReplicasKeepTheirPromises() throws Exception {
        live(List.of("a", "b", "c", "d", "e"));
    }

    private static void live(List<String> replicas) throws Exception {
        long seed = Long.getLong("coterie.seed", new SplittableRandom().nextLong());
        Duration left = TIME.dividedBy(2);
        while (left.compareTo(Duration.ZERO) > 0) {
            Duration life = left.compareTo(MAX_LIFE) < 0 ? left : MAX_LIFE;
            live(replicas, seed++, life);
            left = left.minus(life);
        }
    }

    private static void live(List<String> replicas, long seed, Duration time) throws Exception {
        Path folder = Folders.empty("chaos/" + replicas.size() + "-" + seed);
        try (ChaosRun run = new ChaosRun(replicas, seed, folder)) {
            try {
                long answering = run.live(time);
                check(run, time);
                System.out.println(report(run, replicas.size(), seed, answering));
            } catch (Throwable e) {
                keep(run, folder, seed, e);
                throw new AssertionError(
                        "seed " + seed + ", " + replicas.size()
                                + " replicas; failure.txt, failure.html, history.txt, faults.txt and the replicas' logs are in "
                                + folder.toAbsolutePath() + ". -Dcoterie.seed=" + seed
                                + " draws the same faults, but what they meet differs from run to run",
                        e);
            }
        }
        Folders.delete(folder);
    }

    private static void check(ChaosRun run, Duration time) {
        History history = run.history();
        Verdict verdict = LinearizabilityChecker.of(new RegisterModel()).check(history);
        assertEquals(Verdict.Kind.LINEARIZABLE, verdict.kind(), () -> describe(verdict, run.story()));
        long answered = history.count(Outcome.OK);
        assertTrue(answered >= MIN_ANSWERS_PER_SECOND * time.toSeconds(), "only " + answered + " were answered");
        history.byKey().forEach(ChaosTest::assertCounted);
        assertEquals(Set.of(), run.cluster().unexpected());
        MemberLog members = run.cluster().members();
        assertEquals(List.of(), members.contradictions(), "each epoch has the same members at all replicas");
        assertEquals(members.newest().names(), Set.copyOf(run.cluster().replicas()));
        assertTrue(members.made() >= ChaosRun.MIN_CHANGES, "only " + members.made() + " changes were made");
    }

    /** Follows from linearizability, but shows the error in numbers. */
    private static void assertCounted(String key, List<Operation> operations) {
        if (!SharedKeys.isCounter(key)) {
            return;
        }
        CounterSum sum = CounterSum.of(operations);
        assertTrue(sum.isRight(), key + ": " + sum);
    }

    private static String describe(Verdict verdict, Story story) {
        return verdict + "\nTimes count from " + story.begin() + ". What was done to the cluster:\n" + story;
    }

    private static void keep(ChaosRun run, Path folder, long seed, Throwable failure) throws IOException {
        Files.writeString(folder.resolve("failure.txt"), String.valueOf(failure.getMessage()));
        Files.writeString(folder.resolve("history.txt"), run.history().toText());
        Files.writeString(
                folder.resolve("faults.txt"),
                "# times count from " + run.story().begin() + "\n" + run.story());
        String title = "chaos, replicas " + run.cluster().replicas() + ", seed " + seed;
        ChaosPage.write(folder.resolve("failure.html"), title, run.history(), run.story());
    }

    private static String report(ChaosRun run, int replicas, long seed, long answering) {
        History history = run.history();
        return String.format(
                Locale.ROOT,
                "chaos, %d replicas at first, seed %d: %d faults, %d operations on %d keys: %d answered, %d failed, %d unknown;"
                        + " all nodes answered for all keys %d ms after the last fault; %d changes of the members, now %s",
                replicas,
                seed,
                run.story().chapters().size() - 3,
                history.operations().size(),
                history.byKey().size(),
                history.count(Outcome.OK),
                history.count(Outcome.FAILED),
                history.count(Outcome.UNKNOWN),
                TimeUnit.NANOSECONDS.toMillis(answering),
                run.cluster().members().made(),
                run.cluster().members().newest().names());
    }
}
