/**
 * The acceptor's side: this node's replica, how it comes to vote, and what it answers.
 *
 * <p>{@code Replica} votes: it promises, accepts, removes and reads registers. {@code
 * EventualValues} keeps stamped values, {@code StoreRecords} the stores with their policies. {@code
 * DeletedKeys} forgets what was deleted. {@code DurableAnswers} lets no answer go before that on
 * which it rests is durable. {@code LocalReplica} serves all of it, and {@code Registration} brings
 * the replica to its vote.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>incarnation</em>: one life of a replica's memory. A replica that has lost its memory
 *       must not vote, or it would break the promises that it has forgotten
 *   <li><em>start</em>: one start of its process; others remember the latest, and so notice an
 *       older copy of its files
 *   <li><em>register</em> (the verb): to have the others remember a start
 *   <li><em>witness</em>: how far back the memory of one of the others goes
 *   <li><em>introduced</em>: a caller that has shown that it was given the same replicas
 *   <li><em>lead</em>: how far a ballot or a stamp is ahead of this replica's clock; too much is
 *       refused
 * </ul>
 *
 * <p>All of it runs on the replica's loop, and nothing in it blocks once the replica is open.
 * {@code Replication} alone makes a replica. Nodes reach it by messages, and this node by direct
 * calls.
 *
 * <p>A promise is made durable in {@code Replica.prepare}, a late accept is refused in {@code
 * Acceptor.accept}, a request that no honest node makes in {@code RequestChecks}.
 *
 * <p>Source: the acceptor of Rystsov, CASPaxos, 2018, section 2. On replicas that lose their
 * memory: Michael and others, Recovering Shared Objects without Stable Storage, DISC 2017.
 */
package io.coterie.replication.internal.replica;
