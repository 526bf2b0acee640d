package io.coterie.chaos.callers;

import io.coterie.Coterie;
import io.coterie.Counters;
import io.coterie.Store;
import io.coterie.consistency.Consistency;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.codec.Codec;
import java.time.Duration;

/** The stores that all callers use. */
record Stores(Store<String, String> registers, Counters<String> counters) {
    /** Opens them at a node, and waits as long as too few replicas are there. */
    static Stores open(Coterie node) {
        while (true) {
            try {
                Stores stores = new Stores(
                        node.store("registers", Codec.utf8(), Codec.utf8(), Consistency.strong()),
                        node.counters("counters", Codec.utf8()));
                stores.registers.awaitReady(Duration.ofHours(1));
                stores.counters.awaitReady(Duration.ofHours(1));
                return stores;
            } catch (QuorumUnavailableException heldUp) {
                // A busy machine is slow to run a new process.
                if (heldUp.maybeExecuted()) {
                    throw heldUp;
                }
            }
        }
    }
}
