package io.coterie.internal.typed;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.AsyncCounters;
import io.coterie.simulation.history.History;
import io.coterie.simulation.history.LinearizabilityChecker;
import io.coterie.simulation.history.Outcome;
import io.coterie.simulation.history.RegisterModel;
import io.coterie.simulation.history.Verdict;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The counters that users get are linearizable: in simulated clusters under pauses, partitions,
 * loss, delay, duplication and wall clocks that jump. The simulated runs of the consistency module
 * test the store under them; these test what {@link TypedCounters} makes of it.
 *
 * <p>A longer campaign: {@code -Dcoterie.seeds=N} runs N fresh seeds. A replay: {@code
 * -Dcoterie.seed=S} runs that seed alone.
 */
class CountersSimulationTest {
    private static final int FIXED_SEEDS = 10;
    private static final int FRESH_SEEDS = 5;
    private static final int MIN_ANSWERS = 200;

    @Test
    void everyCounterIsLinearizable() {
        Long one = Long.getLong("coterie.seed");
        LongStream seeds = one != null
                ? LongStream.of(one)
                : LongStream.concat(
                        LongStream.rangeClosed(1, FIXED_SEEDS),
                        LongStream.generate(() -> ThreadLocalRandom.current().nextLong(1L << 40))
                                .limit(Integer.getInteger("coterie.seeds", FRESH_SEEDS)));
        seeds.forEach(seed -> {
            History history = new CounterRun(seed, store -> new TypedCounters<>(store).async()).history();
            String again = "again: -Dcoterie.seed=" + seed + ": ";
            Verdict verdict = check(history);
            assertTrue(verdict.isLinearizable(), () -> again + verdict);
            assertTrue(history.count(Outcome.OK) >= MIN_ANSWERS, () -> again + history.count(Outcome.OK) + " answers");
        });
    }

    @Test
    void aComparisonThatForgetsAbsentCountersIsCaught() {
        requireCaught((store, key, expected, next) -> store.compareAndSet(key, expected, next));
    }

    /** Another node may delete a written zero after the first of two operations. */
    @Test
    void aComparisonThatDoesNotLookAgainIsCaught() {
        requireCaught((store, key, expected, next) -> expected != 0
                ? store.compareAndSet(key, expected, next)
                : store.putIfAbsent(key, next)
                        .thenCompose(set ->
                                set ? CompletableFuture.completedFuture(true) : store.compareAndSet(key, 0L, next)));
    }

    private static void requireCaught(Comparison broken) {
        assertTrue(LongStream.rangeClosed(1, FIXED_SEEDS)
                .mapToObj(seed -> check(new CounterRun(seed, store -> new Broken(store, broken)).history()))
                .anyMatch(verdict -> verdict.kind() == Verdict.Kind.NOT_LINEARIZABLE));
    }

    private static Verdict check(History history) {
        return LinearizabilityChecker.of(new RegisterModel("0")).check(history);
    }

    private interface Comparison {
        CompletableFuture<Boolean> compareAndSet(TypedStore<String, Long> store, String key, long expected, long next);
    }

    /** Counters that compare in a way of their own. */
    private record Broken(TypedStore<String, Long> store, Comparison comparison) implements AsyncCounters<String> {
        @Override
        public CompletableFuture<Long> get(String key) {
            return new TypedCounters<>(store).async().get(key);
        }

        @Override
        public CompletableFuture<Long> addAndGet(String key, long delta) {
            return store.add(key, delta);
        }

        @Override
        public CompletableFuture<Boolean> compareAndSet(String key, long expected, long next) {
            return comparison.compareAndSet(store, key, expected, next);
        }

        @Override
        public CompletableFuture<@Nullable Void> delete(String key) {
            return store.delete(key);
        }

        @Override
        public AsyncCounters<String> withTimeout(Duration timeout) {
            return new Broken(store.withTimeout(timeout), comparison);
        }
    }
}
