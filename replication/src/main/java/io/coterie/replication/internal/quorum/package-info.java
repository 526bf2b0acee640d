/**
 * The proposer's side: asks all replicas for something, and goes on asking until there is enough.
 *
 * <p>A {@code Fanout} is one request to all replicas. {@code BatchedCalls} let the requests that
 * begin in one turn of the loop leave together. {@code OpenedStores} has replicas record the stores
 * that this node opens. {@code Connections} says whether a majority can be reached, {@code
 * ClockCheck} whether this node's clock agrees with it.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>context</em>: the replicas, this node's place among them, and the times ({@code
 *       QuorumContext}); it never changes. A replica is known by its <em>index</em> in that list,
 *       and sets of replicas are the bits of a long
 *   <li><em>attempt</em>: one message to one replica. It is repeated after a timeout only where the
 *       transport does not report loss
 *   <li><em>silence</em>: nothing was heard of a replica since it was asked; its first sign of life
 *       ends the wait ({@code PeerRecovery})
 *   <li><em>introduction</em>: a replica that was away when a store was opened is told of it, and
 *       then asked again
 *   <li><em>grace</em>: for how long operations wait for a lost majority before they are refused
 * </ul>
 *
 * <p>All of it runs on the node's loop. {@code Replication} alone makes and calls these classes.
 * The local replica is asked by a direct call, through a handler: this room does not know the
 * acceptor's side.
 *
 * <p>Fanouts and batches are the hot path: one fanout for each request, and nothing for each replica
 * as long as nothing fails.
 *
 * <p>Source: phases 1 and 2 of the proposer in Rystsov, CASPaxos, 2018, section 2. Which state a
 * proposer goes on from is decided above, by the policy.
 */
package io.coterie.replication.internal.quorum;
