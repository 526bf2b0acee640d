package io.coterie.consistency.internal.coordination.cas;

import io.coterie.consistency.PolicyStore;
import io.coterie.rpc.spi.RandomSource;
import io.coterie.rpc.spi.World;

/**
 * The parts that the compare-and-set loops over the records of one store use.
 *
 * @param watches report changes of records to loops that wait
 */
public record CasContext(PolicyStore store, World world, RecordWatches watches) {
    public long nanos() {
        return world.clock().nanos();
    }

    RandomSource random() {
        return world.random();
    }
}
