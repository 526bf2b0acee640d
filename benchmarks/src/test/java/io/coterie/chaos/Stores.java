package io.coterie.chaos;

import io.coterie.Coterie;
import io.coterie.Counters;
import io.coterie.Store;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.Codec;
import io.coterie.rpc.CoterieException;
import io.coterie.rpc.NodeClosedException;

/** The stores that all callers use. */
record Stores(Store<String, String> registers, Counters<String> counters) {
    /** Opens them at a node, and tries it again for as long as too few replicas are there. */
    static Stores open(Coterie node) {
        while (true) {
            try {
                return new Stores(
                        node.store("registers", Codec.utf8(), Codec.utf8(), Consistency.strong()),
                        node.counters("counters", Codec.utf8()));
            } catch (NodeClosedException e) {
                throw e;
            } catch (CoterieException tooFewReplicas) {
                // Some may be back by now.
            }
        }
    }
}
