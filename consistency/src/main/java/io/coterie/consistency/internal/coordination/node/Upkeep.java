package io.coterie.consistency.internal.coordination.node;

import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.internal.coordination.rules.LeaseRules;
import io.coterie.rpc.spi.World;
import java.util.function.BooleanSupplier;

/**
 * The parts that the upkeep of a coordinator's store uses.
 *
 * @param node what all coordinators of the node share
 * @param closed whether the coordinator is closed, and nothing more is to be begun
 */
record Upkeep(
        PolicyStore store,
        World world,
        NodeLeases node,
        LeaseRules rules,
        long operationNanos,
        BooleanSupplier closed) {
    boolean isClosed() {
        return closed.getAsBoolean();
    }

    long nanos() {
        return world.clock().nanos();
    }
}
