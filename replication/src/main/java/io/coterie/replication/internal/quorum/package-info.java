/**
 * The proposer's side: sends requests to all replicas, and repeats them until there are enough
 * answers.
 *
 * <p>A {@code Fanout} is one request to all replicas. {@code BatchedCalls} let the requests that
 * begin in one turn of the loop leave together. {@code OpenedStores} asks replicas to record the
 * stores that this node opens. {@code Connections} knows whether a majority is connected, {@code
 * ClockCheck} whether this node's clock agrees with a majority of the replicas.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>voters</em>: the replicas that requests ask, and which of them are a quorum ({@code
 *       Voters}). A replica is known by its <em>index</em> among them, and sets of replicas are the
 *       bits of a long. When the voters change, all requests that are running end, and their
 *       collectors decide what to do. So no answer counts for other voters than those that were
 *       asked
 *   <li><em>context</em>: the present voters, this node's index among them, and the timeouts ({@code
 *       QuorumContext})
 *   <li><em>attempt</em>: one message to one replica. It is repeated after a timeout only where the
 *       transport does not report loss
 *   <li><em>silent</em>: a replica from which nothing arrived since it was asked again; its first
 *       sign of life ends the wait of requests ({@code PeerRecovery})
 *   <li><em>introduction</em>: a replica that missed the opening of a store records it now, and is
 *       then asked again
 *   <li><em>grace</em>: for how long operations wait for a lost majority before they are refused
 * </ul>
 *
 * <p><em>Threading:</em> all of it runs on the node's loop. {@code NodeReplication} alone makes and
 * calls these classes. The local replica is asked by a direct call, through a handler: this room
 * does not know the acceptor's side.
 *
 * <p>Fanouts and batches are the hot path: one fanout for each request, and no object for each
 * replica as long as nothing fails.
 *
 * <p>Source: phases 1 and 2 of the proposer in Rystsov, CASPaxos, 2018, section 2. The policy, in
 * the module above, decides which state a proposer continues from.
 */
package io.coterie.replication.internal.quorum;
