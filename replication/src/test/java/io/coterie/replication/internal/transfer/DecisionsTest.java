package io.coterie.replication.internal.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.internal.transfer.Decisions.Decision;
import io.coterie.replication.internal.wire.Listed;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.spi.RecordKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What is decided for a register covers all that a majority of the group may have promised and
 * accepted, whatever the members have that are not known. Checked for every group of up to five
 * members.
 */
class DecisionsTest {
    private static final RecordKey KEY = new RecordKey(1, new byte[1]);

    /** What one member may have: nothing that is known, or a promise and what is accepted. */
    private static List<Listed.Register> possible(int ballots) {
        List<Listed.Register> all = new ArrayList<>();
        for (int promised = 1; promised <= ballots; promised++) {
            for (int accepted = 0; accepted <= promised; accepted++) {
                all.add(new Listed.Register(KEY, ballot(promised), ballot(accepted), null));
            }
        }
        return all;
    }

    private static Ballot ballot(int number) {
        return number == 0 ? Ballot.NONE : new Ballot(number, 1);
    }

    @Test
    void whatIsCopiedCoversAllThatAMajorityMayHave() {
        int copies = 0;
        copies += check(1, 3, new ArrayList<>());
        copies += check(2, 3, new ArrayList<>());
        copies += check(3, 3, new ArrayList<>());
        copies += check(4, 2, new ArrayList<>());
        copies += check(5, 2, new ArrayList<>());
        assertTrue(copies > 1_000, "copies: " + copies);
    }

    /** Tries all that the rest of the group may have; returns how often there was a copy. */
    private static int check(int group, int ballots, List<Listed.Register> found) {
        int copies = isCovered(group, ballots, found) ? 1 : 0;
        if (found.size() < group) {
            for (Listed.Register next : possible(ballots)) {
                List<Listed.Register> more = new ArrayList<>(found);
                more.add(next);
                copies += check(group, ballots, more);
            }
        }
        return copies;
    }

    private static boolean isCovered(int group, int ballots, List<Listed.Register> found) {
        Decision decision = Decisions.ofRegister(group, found);
        assertEquals(found.isEmpty(), decision instanceof Decision.Nothing);
        if (!(decision instanceof Decision.Copy copy)) {
            return false;
        }
        int majority = Quorums.majority(group);
        int unknown = group - found.size();
        assertTrue(
                found.stream()
                                .filter(each -> each.accepted().equals(copy.accepted()))
                                .count()
                        >= majority,
                "what is copied is chosen");
        assertFalse(copy.accepted().isAbove(copy.promised()));
        for (int number = 1; number <= ballots; number++) {
            Ballot ballot = ballot(number);
            long promised = found.stream()
                    .filter(each -> !ballot.isAbove(each.promised()))
                    .count();
            assertEquals(
                    promised + unknown >= majority,
                    !ballot.isAbove(copy.promised()),
                    () -> ballot + " of " + group + " with " + found);
            long accepted = found.stream()
                    .filter(each -> !ballot.isAbove(each.accepted()))
                    .count();
            assertTrue(
                    accepted + unknown < majority || !ballot.isAbove(copy.accepted()),
                    () -> ballot + " of " + group + " with " + found);
        }
        return true;
    }

    @Test
    void ifTheMajorityDiffersARoundSettlesIt() {
        Listed.Register older = new Listed.Register(KEY, ballot(2), ballot(1), null);
        Listed.Register newer = new Listed.Register(KEY, ballot(2), ballot(2), null);
        assertEquals(new Decision.Round(), Decisions.ofRegister(3, List.of(older, newer)));
        assertEquals(new Decision.Copy(ballot(2), ballot(2)), Decisions.ofRegister(3, List.of(older, newer, newer)));
        assertEquals(new Decision.Round(), Decisions.ofRegister(3, List.of(older, older, newer)));
    }

    /** The others may have promised more, by a floor or by a register that is gone. */
    @Test
    void aPromiseOnlyThatAMinorityHasIsSettledByARound() {
        Listed.Register promise = new Listed.Register(KEY, ballot(2), Ballot.NONE, null);
        assertEquals(new Decision.Round(), Decisions.ofRegister(3, List.of(promise)));
        assertEquals(new Decision.Copy(Ballot.NONE, ballot(2)), Decisions.ofRegister(3, List.of(promise, promise)));
    }

    @Test
    void aPromiseThatOneMemberGaveAloneBindsThatMemberOnly() {
        assertEquals(ballot(2), Decisions.promisedByMajority(3, List.of(ballot(9), ballot(2), ballot(1))));
        assertEquals(ballot(9), Decisions.promisedByMajority(3, List.of(ballot(9), ballot(2))));
        assertEquals(ballot(9), Decisions.promisedByMajority(1, List.of(ballot(9))));
    }
}
