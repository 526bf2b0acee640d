package io.coterie.consistency.internal.coordination.simulated;

import io.coterie.consistency.internal.coordination.cluster.CoordinationCluster;
import io.coterie.consistency.internal.coordination.ledger.CounterLedger;
import io.coterie.consistency.simulated.checks.FailureTexts;
import io.coterie.simulation.SimRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Raises one counter, by adding and by comparing, and reads it. */
final class CounterWorker {
    private static final Duration MAX_PAUSE = Duration.ofMillis(300);

    private final CoordinationCluster.Member member;
    private final CounterLedger ledger;
    private final RegisterCounter counter;
    private final SimRandom random;
    private boolean stopped;

    CounterWorker(CoordinationCluster.Member member, CounterLedger ledger, SimRandom random) {
        this.member = member;
        this.ledger = ledger;
        this.counter = new RegisterCounter(member.coordinator(), "hits");
        this.random = random;
    }

    void begin() {
        think();
    }

    void stop() {
        stopped = true;
    }

    private void work() {
        if (stopped) {
            return;
        }
        long least = ledger.highestKnown();
        if (random.chance(0.3)) {
            ask(counter.get(), value -> ledger.read(value, least));
        } else if (random.chance(0.5)) {
            long delta = random.between(1, 5);
            ask(counter.addAndGet(delta), value -> ledger.raised(value - delta, value, least));
        } else {
            long expected = least;
            long next = expected + random.between(1, 5);
            ask(counter.compareAndSet(expected, next), set -> {
                if (set) {
                    ledger.raised(expected, next, least);
                }
            });
        }
    }

    private <T> void ask(CompletableFuture<T> asked, Consumer<T> then) {
        var unused = asked.whenComplete((value, error) -> {
            if (value != null) {
                then.accept(value);
            } else {
                FailureTexts.note(error);
            }
            think();
        });
    }

    private void think() {
        long pause = random.between(Duration.ZERO, MAX_PAUSE).toNanos();
        member.world().scheduler().schedule(pause, this::work);
    }
}
