/**
 * The acceptor's side: this node's replica, its registration, and the requests that it serves.
 *
 * <p>{@code Registers.prepare} makes a promise durable, {@code Acceptor.accept} refuses a late
 * accept, and {@code RequestChecks} refuses requests that no honest node sends. The rules of all
 * that are in {@code internal.rules}.
 *
 * <p>{@code Replica} puts the parts together. {@code Registers} votes: it promises, accepts,
 * removes and reads registers. {@code EventualValues} keeps versioned values, {@code StoreRecords}
 * the stores with their policies. {@code ScanServer} serves scans, {@code DeletedKeys} forgets
 * deleted keys. {@code Transfers} lists all that there is for the next group of replicas, and takes
 * what the group before knows; {@code PartitionGate} decides whom it answers. {@code
 * DurableAnswers} sends no answer before the records that it depends on are durable. {@code
 * LocalReplica} serves the methods. {@code Registration} leads the replica to its vote, and {@code
 * VotingRight} has the result.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>incarnation</em>: a random number that stands for the records of a replica since they
 *       were empty. A replica that has lost its records must not vote: it would break forgotten
 *       promises
 *   <li><em>start</em>: a random number for each start of the process; others remember the latest,
 *       and so detect an older copy of the files
 *   <li><em>register</em> (the verb): to make the others remember a start
 *   <li><em>witness</em>: how far back the memory of another replica goes
 *   <li><em>introduced</em>: said of a caller that has shown that it was given the same list of
 *       replicas
 *   <li><em>lead</em>: how far a ballot or a timestamp is ahead of this replica's clock; too large
 *       a lead is refused
 * </ul>
 *
 * <p><em>Threading:</em> all of it runs on the replica's loop, and nothing blocks once the replica
 * is open. {@code NodeReplication} alone makes a replica. Nodes reach it by messages, and this node
 * by direct calls.
 *
 * <p>Source: the acceptor of Rystsov, CASPaxos, 2018, section 2. On replicas that lose their
 * memory: Michael and others, Recovering Shared Objects without Stable Storage, DISC 2017.
 */
package io.coterie.replication.internal.replica;
