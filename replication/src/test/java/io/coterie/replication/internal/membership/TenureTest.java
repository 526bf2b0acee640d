package io.coterie.replication.internal.membership;

import static io.coterie.replication.internal.membership.Configurations.genesis;
import static io.coterie.replication.internal.membership.Configurations.id;
import static io.coterie.replication.internal.membership.Configurations.member;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Records are valid only in the hands of a member that was never away. */
class TenureTest {
    private static final Configuration ABC = genesis("a", "b", "c");
    private static final Configuration WITHOUT_B = Successors.commit(Successors.begin(ABC, id("b"), member("d")));
    private static final Configuration WITH_B_AGAIN = Successors.begin(WITHOUT_B, id("d"), member("b"));

    @Test
    void whatAReplicaKeptBeforeThereWasAConfigurationBelongsToGenesis() {
        assertFalse(Tenure.isInterrupted(null, ABC, id("a")));
        assertFalse(Tenure.isInterrupted(null, WITHOUT_B, id("a")), "it has missed genesis, and was in it");
        assertTrue(Tenure.isInterrupted(null, WITHOUT_B, id("d")));
    }

    @Test
    void aMemberThatStaysKeepsItsRecords() {
        Configuration now = ABC;
        for (Configuration next : new Configuration[] {
            Successors.begin(ABC, id("b"), member("d")), WITHOUT_B, WITH_B_AGAIN, Successors.commit(WITH_B_AGAIN)
        }) {
            assertFalse(Tenure.isInterrupted(now, next, id("a")));
            now = next;
        }
    }

    @Test
    void aMemberOfAGroupThatEndsIsNotInterruptedBeforeItJoinsAgain() {
        assertFalse(Tenure.isInterrupted(ABC, WITHOUT_B, id("b")));
        assertTrue(Tenure.isInterrupted(WITHOUT_B, WITH_B_AGAIN, id("b")));
        assertFalse(Tenure.isInterrupted(WITH_B_AGAIN, Successors.commit(WITH_B_AGAIN), id("b")));
    }

    @Test
    void aMemberThatMissedThatItWasAwayIsInterrupted() {
        assertTrue(Tenure.isInterrupted(ABC, WITH_B_AGAIN, id("b")));
        assertTrue(Tenure.isInterrupted(ABC, Successors.commit(WITH_B_AGAIN), id("b")));
    }

    @Test
    void aChangeThatIsGivenUpInterruptsNobody() {
        Configuration joint = Successors.begin(ABC, id("b"), member("d"));
        assertFalse(Tenure.isInterrupted(joint, Successors.abort(joint), id("b")));
        assertFalse(Tenure.isInterrupted(ABC, Successors.abort(joint), id("b")));
    }

    @Test
    void anotherIncarnationHasATenureOfItsOwn() {
        MemberId other = new MemberId(id("b").node(), 77);
        assertFalse(Tenure.isInterrupted(null, ABC, other), "it is in no group");
        Configuration joint = Successors.begin(ABC, id("b"), new Member(other, "b:1", "z", MemberState.ACTIVE));
        assertTrue(Tenure.isInterrupted(ABC, joint, other));
        assertFalse(Tenure.isInterrupted(ABC, joint, id("b")));
    }
}
