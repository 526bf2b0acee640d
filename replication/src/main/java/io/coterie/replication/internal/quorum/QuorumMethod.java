package io.coterie.replication.internal.quorum;

import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.RpcMethod;
import org.jspecify.annotations.Nullable;

/**
 * A method that all replicas are asked for, with what it takes to ask them. One for each method, so
 * that a request itself refers to little.
 *
 * @param recovery who waits for which replica to be heard of
 * @param stores introduces a store to a replica that does not know it
 * @param local what serves the method at this node, or null if it is no replica
 */
public record QuorumMethod<Q, A>(
        QuorumContext context,
        PeerRecovery recovery,
        StoreIntroduction stores,
        RpcMethod<Q, A> rpc,
        @Nullable InlineHandler<Q, A> local) {}
