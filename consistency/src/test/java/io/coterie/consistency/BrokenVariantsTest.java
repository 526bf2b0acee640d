package io.coterie.consistency;

import static org.junit.jupiter.api.Assertions.fail;

import io.coterie.simulation.history.Verdict;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The workload and the checker are worth what they catch. */
class BrokenVariantsTest {
    private static final int SEEDS = 200;

    @Test
    void aReadWithoutWriteBackIsCaught() {
        assertCaught("read without write-back", () -> BrokenVariants.READ_WITHOUT_WRITE_BACK);
    }

    @Test
    void anAcknowledgementBeforeTheForceIsCaught() {
        assertCaught("acknowledgement before the force", () -> BrokenVariants.ACKNOWLEDGEMENT_BEFORE_FORCE);
    }

    @Test
    void aPromiseForgottenAtRestartIsCaught() {
        assertCaught("promise forgotten at restart", () -> BrokenVariants.PROMISE_FORGOTTEN_AT_RESTART);
    }

    @Test
    void aCompareAndSetAppliedTwiceOnARetryIsCaught() {
        assertCaught("compareAndSet applied twice on a retry", () -> BrokenVariants.COMPARE_AND_SET_APPLIED_TWICE);
    }

    @Test
    void aBallotReusedAfterRestartIsCaught() {
        assertCaught("ballot reused after restart", BrokenVariants::ballotReusedAfterRestart);
    }

    private static void assertCaught(String name, Supplier<SimulatedCluster.Variant> broken) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Verdict verdict = new SimulatedRun(seed, broken.get()).verdict();
            if (verdict.kind() == Verdict.Kind.NOT_LINEARIZABLE) {
                System.out.println(name + ": caught at seed " + seed);
                return;
            }
        }
        fail(name + " was not caught within " + SEEDS + " seeds");
    }
}
