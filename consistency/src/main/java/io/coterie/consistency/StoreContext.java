package io.coterie.consistency;

import io.coterie.replication.Replication;
import io.coterie.replication.StoreSpec;
import java.util.concurrent.Executor;

/**
 * What a policy has to work with.
 *
 * @param replication the means to ask replicas
 * @param store the store's name and policy
 * @param userCode runs users' functions, which may block
 */
public record StoreContext(Replication replication, StoreSpec store, Executor userCode) {}
