package io.coterie.consistency;

import io.coterie.replication.Replication;
import io.coterie.replication.spi.StoreSpec;
import java.util.concurrent.Executor;

/**
 * What a policy has to work with.
 *
 * @param replication the means to ask replicas
 * @param store the store's name and policy
 * @param userCode runs users' functions, which may block
 * @param listeners runs users' watch listeners, which may block for ever
 */
public record StoreContext(Replication replication, StoreSpec store, Executor userCode, Executor listeners) {
    /** With one executor for all code of users. */
    public StoreContext(Replication replication, StoreSpec store, Executor userCode) {
        this(replication, store, userCode, userCode);
    }
}
