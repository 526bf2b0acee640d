package io.coterie.consistency;

import io.coterie.replication.Replication;
import io.coterie.replication.StoreSpec;

/** The keys of all strong stores, of which a replica reads some for readers. No home takes part in that, and this is none itself. */
final class SettlingStore extends StrongStore {
    SettlingStore(Replication replication) {
        super(
                new StoreContext(
                        replication, new StoreSpec("of a reader", StrongPolicy.INSTANCE.name()), Runnable::run),
                false);
    }

    @Override
    Round newForwarding(StrongKey key, Batch batch) {
        return newWriteRound(key, batch);
    }
}
