package io.coterie.replication.internal.repair;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.quorums.QuorumPair;
import io.coterie.replication.quorums.QuorumSystem;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.storage.StorageException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A repair of ballots counts majorities, so it leaves stores alone that have chosen their quorums. */
class RepairOfChosenQuorumsTest {
    private static FarBallots far(String policy) {
        StoreSpec store = new StoreSpec("s", policy);
        return new FarBallots(
                0,
                2,
                Map.of(new RecordKey(store.id(), new byte[1]), new FarKey(2)),
                Map.of(),
                Map.of(store.id(), store));
    }

    @Test
    void keysOfSuchAStoreAreNotRepaired() {
        QuorumPair pair = new QuorumPair(QuorumSystem.all(), QuorumSystem.atLeast(1));
        QuorumPair own = new QuorumPair(QuorumSystem.all(), QuorumSystem.own("mine", names -> null));
        for (QuorumPair chosen : new QuorumPair[] {pair, own}) {
            String text = assertThrows(
                            StorageException.class,
                            () -> RepairChecks.requireMajorities(far(chosen.policyName("strong"))))
                    .getMessage();
            assertTrue(text.contains("store \"s\"") && text.contains("chosen its quorums"), text);
        }
        RepairChecks.requireMajorities(far("strong"));
    }
}
