package io.coterie.consistency.internal.coordination.simulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.internal.coordination.cluster.SteadyClocks;
import io.coterie.consistency.internal.coordination.ledger.LeaseLedger;
import io.coterie.consistency.internal.coordination.rules.LeaseRules;
import io.coterie.consistency.simulated.checks.ViolationPages;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The seeds of {@link CoordinationSimulationTest} in which steady clocks run apart by far more than
 * leases can stand: several hold the same lock at once, and the token decides.
 */
class WildClocksTest {
    private static final int SEEDS = 10;

    /** Of what only one may hold. What a semaphore guards takes the newest alone. */
    private static final List<String> LOCKS = List.of("red", "blue");

    @Test
    void severalHoldOneLockAtOnceAndWhatItGuardsTakesNothingOutOfOrder() {
        AtomicInteger overlaps = new AtomicInteger();
        AtomicInteger accepted = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        wildSeeds().parallel().forEach(seed -> {
            CoordinationRun run = new CoordinationRun(seed, new LeaseRules());
            run.requireNoViolations(new ViolationPages("CoordinationSimulationTest", seed));
            for (String lock : LOCKS) {
                LeaseLedger ledger = Objects.requireNonNull(run.ledgers().get(lock));
                overlaps.addAndGet(ledger.overlaps().size());
                accepted.addAndGet(ledger.resource().accepted());
                refused.addAndGet(ledger.resource().refused());
            }
        });
        String counts = SEEDS + " seeds: " + overlaps + " times several held a lock, which let " + accepted
                + " writes in and kept " + refused + " out";
        System.out.println(counts);
        assertTrue(overlaps.get() >= SEEDS / 2, counts);
        assertTrue(accepted.get() >= 100 * SEEDS, counts);
        assertTrue(refused.get() >= SEEDS, counts);
    }

    @Test
    void aTokenThatIsNotRaisedAtATakeoverLetsTwoIn() {
        List<String> found = wildSeeds()
                .mapToObj(seed -> new CoordinationRun(seed, BrokenRules.TOKEN_NOT_RAISED))
                .flatMap(run -> run.violations().stream())
                .filter(violation -> violation.endsWith("both got in"))
                .limit(1)
                .toList();
        assertEquals(1, found.size());
    }

    private static LongStream wildSeeds() {
        return LongStream.iterate(1, seed -> seed + 1)
                .filter(SteadyClocks::areWild)
                .limit(SEEDS);
    }
}
