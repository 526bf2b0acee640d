package io.coterie.consistency.simulated.members;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.simulated.cluster.SimulatedCluster.Variant;
import io.coterie.consistency.simulated.members.BrokenNode.Break;
import org.junit.jupiter.api.Test;

/** Nothing is lost in the schedules that make one rule count, and without that rule it is. */
class SchedulesTest {
    @Test
    void aChangeAfterTheTransferNeedsAMajorityOfTheNextGroup() {
        assertNull(Schedules.changeAfterTheTransfer(ConsensusRules.CORRECT));
        assertNotNull(Schedules.changeAfterTheTransfer(BrokenQuorums.ofTheGroup()), "quorum of the group only");
    }

    @Test
    void whoTakesThePlaceOfLostRecordsDoesNotCountForThem() {
        assertNull(Schedules.readWhileRecordsAreLost(ConsensusRules.CORRECT));
        assertNotNull(Schedules.readWhileRecordsAreLost(BrokenQuorums.ofNames()), "quorum of names");
    }

    @Test
    void anOlderCopyOfADirectoryIsNotBelieved() {
        assertNull(Schedules.readWithAnOlderCopy(Variant.CORRECT));
        Variant believing = BrokenNode.variant(new Break() {
            @Override
            public boolean believesItsCopy() {
                return true;
            }
        });
        assertNotNull(Schedules.readWithAnOlderCopy(believing), "older copy believed");
    }

    @Test
    void nobodyWhoHasListedServesARoundOfBefore() {
        assertNull(Schedules.changeBetweenListAndAdoption(Variant.CORRECT));
        Variant early = BrokenNode.variant(new Break() {
            @Override
            public boolean listsBeforeTheBarrier() {
                return true;
            }
        });
        assertNotNull(Schedules.changeBetweenListAndAdoption(early), "listing before the barrier");
    }

    @Test
    void aDeletedKeyIsForgottenOnlyWhenTheNewcomerHasTheTombstone() {
        assertNull(Schedules.deleteThatTheNewcomerMisses(Variant.CORRECT));
        assertNotNull(Schedules.deleteThatTheNewcomerMisses(BrokenQuorums.removedByTheGroup()), "by the group");
    }

    @Test
    void aDeletedKeyIsForgottenOnlyWhenTheLeavingHasTheTombstone() {
        assertNull(Schedules.deleteThatTheLeavingMisses(Variant.CORRECT));
        assertNotNull(Schedules.deleteThatTheLeavingMisses(BrokenQuorums.removedByTheNextGroup()), "by the next group");
    }
}
