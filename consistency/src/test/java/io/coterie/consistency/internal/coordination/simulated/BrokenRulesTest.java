package io.coterie.consistency.internal.coordination.simulated;

import static org.junit.jupiter.api.Assertions.fail;

import io.coterie.consistency.internal.coordination.rules.LeaseRules;
import org.junit.jupiter.api.Test;

/** The workload and its ledgers are worth what they catch. */
class BrokenRulesTest {
    private static final int SEEDS = 200;

    @Test
    void aTokenThatIsNotRaisedAtATakeoverIsCaught() {
        assertCaught("token not raised", BrokenRules.TOKEN_NOT_RAISED);
    }

    @Test
    void aTakeoverWithoutWaitingIsCaught() {
        assertCaught("takeover without waiting", BrokenRules.TAKEOVER_WITHOUT_WAITING);
    }

    @Test
    void aTakeoverWithoutMarginIsCaught() {
        assertCaught("takeover without margin", BrokenRules.TAKEOVER_WITHOUT_MARGIN);
    }

    @Test
    void aLeaseThatCountsFromTheAnswerIsCaught() {
        assertCaught("valid from the answer", BrokenRules.VALID_FROM_THE_ANSWER);
    }

    @Test
    void anAcquisitionThatTakesALostAnswerForAFailureIsCaught() {
        assertCaught("own work not recognised", BrokenRules.OWN_WORK_NOT_RECOGNISED);
    }

    @Test
    void aLossThatIsReportedLateIsCaught() {
        assertCaught("loss reported late", BrokenRules.LOSS_REPORTED_LATE);
    }

    @Test
    void aRetryThatCountsALatchDownTwiceIsCaught() {
        assertCaught("retry counted twice", BrokenRules.RETRY_COUNTED_TWICE);
    }

    @Test
    void aNewRecordWithoutALookAtTheFloorIsCaught() {
        assertCaught("floor not read", BrokenRules.FLOOR_NOT_READ);
    }

    @Test
    void aRecordThatGoesWithoutRaisingTheFloorIsCaught() {
        assertCaught("floor not raised", BrokenRules.FLOOR_NOT_RAISED);
    }

    private static void assertCaught(String name, LeaseRules broken) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            CoordinationRun run = new CoordinationRun(seed, broken);
            if (!run.violations().isEmpty()) {
                System.out.println(name + ": caught at seed " + seed + ": "
                        + run.violations().get(0));
                return;
            }
        }
        fail(name + " was not caught within " + SEEDS + " seeds");
    }
}
