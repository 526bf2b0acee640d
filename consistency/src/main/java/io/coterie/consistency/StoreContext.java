package io.coterie.consistency;

import io.coterie.replication.Replication;
import io.coterie.replication.ReplicationLoop;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.World;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * What a policy has to work with. Immutable: any thread may call the methods of this type. What
 * only the node's loop may call is in {@link #loop()}.
 */
public final class StoreContext {
    private final Replication replication;
    private final StoreSpec store;
    private final Executor userCode;
    private final Executor listeners;

    /**
     * The context of one store at one node.
     *
     * @param replication the node's part in replication
     * @param store the store's name and policy
     * @param userCode runs users' functions, which may block
     * @param listeners runs users' watch listeners, which may block for ever
     */
    public StoreContext(Replication replication, StoreSpec store, Executor userCode, Executor listeners) {
        this.replication = replication;
        this.store = store;
        this.userCode = userCode;
        this.listeners = listeners;
    }

    /** With one executor for all code of users. */
    public StoreContext(Replication replication, StoreSpec store, Executor userCode) {
        this(replication, store, userCode, userCode);
    }

    /** This node's name. */
    public NodeId self() {
        return replication.self();
    }

    /** All replicas, in the order of the configuration. */
    public List<NodeId> replicas() {
        return replication.replicas();
    }

    /** The node's time, loop and chance. */
    public World world() {
        return replication.world();
    }

    /** The means to ask replicas, which only code on the node's loop may call. */
    public ReplicationLoop loop() {
        return replication.loop();
    }

    /** The store's name and policy. */
    public StoreSpec store() {
        return store;
    }

    /** Runs users' functions, which may block. */
    public Executor userCode() {
        return userCode;
    }

    /** Runs users' watch listeners, which may block for ever. */
    public Executor listeners() {
        return listeners;
    }

    /** The same with another executor for all code of users. */
    public StoreContext withUserCode(Executor executor) {
        return new StoreContext(replication, store, executor);
    }
}
