package io.coterie.consistency.internal.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A key that is found to have gone. */
class WatchedKeyTest {
    private static final Voters VOTERS = Voters.stable(List.of(NodeId.of("a"), NodeId.of("b"), NodeId.of("c")));

    private final List<Ballot> delivered = new ArrayList<>();

    @Test
    void theVersionOfAnAbsenceIsAboveWhatWasBefore() {
        assertDeliveredJustAbove(new Ballot(7, 5), new Ballot(7, 6));
        assertDeliveredJustAbove(new Ballot(7, -5), new Ballot(7, -4));
        assertDeliveredJustAbove(new Ballot(7, Long.MAX_VALUE), new Ballot(8, Long.MIN_VALUE));
    }

    private void assertDeliveredJustAbove(Ballot before, Ballot expected) {
        WatchedKey key = new WatchedKey(new byte[] {1}, VOTERS, ConsensusRules.CORRECT, false);
        delivered.clear();
        WatchedKey.Sink sink = (which, value, version, follows) -> delivered.add(version);
        key.observe(stateOf(before), sink, 0);
        key.observeAbsence(before, sink);
        assertEquals(List.of(before, expected), delivered);
        assertTrue(expected.isAbove(before));
    }

    private static RegisterState stateOf(Ballot version) {
        return RegisterState.of(new byte[] {2}, version, Ballot.NONE, 0, List.of());
    }
}
