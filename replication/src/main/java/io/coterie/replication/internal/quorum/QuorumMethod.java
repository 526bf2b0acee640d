package io.coterie.replication.internal.quorum;

import io.coterie.replication.internal.wire.Addressed;
import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.RpcMethod;
import org.jspecify.annotations.Nullable;

/**
 * A method of replicas, with all that is needed to call it at each of them. There is one for each
 * method, so that a request itself has few references.
 *
 * @param recovery the requests that wait for a sign of life
 * @param stores introduces a store to a replica that does not know it
 * @param local the handler of the method at this node, or null if it is no replica
 */
public record QuorumMethod<Q, A>(
        QuorumContext context,
        PeerRecovery recovery,
        StoreIntroduction stores,
        RpcMethod<Addressed<Q>, A> rpc,
        @Nullable InlineHandler<Q, A> local) {}
