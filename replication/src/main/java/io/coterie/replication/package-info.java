/**
 * Replication for an application that runs it without the facade: its start, its state, and what
 * may go wrong.
 *
 * <p>{@link io.coterie.replication.Replication} is the part of one node. A node that is in the list
 * of replicas keeps records, and serves the requests for them; any other node only asks. {@link
 * io.coterie.replication.ReplicationOptions} sets how it asks. {@link
 * io.coterie.replication.ReplicationLoop} is the same part as code on the node's loop sees it: it
 * opens stores, and has what policies call, see {@code spi}.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>opening</em>: replicas record a store with its policy before the store is used ({@link
 *       io.coterie.replication.Opening})
 *   <li><em>state of a replica</em>: whether it votes, and why not ({@link
 *       io.coterie.replication.ReplicaReport})
 *   <li><em>unavailable</em>: too few replicas agreed, and nothing was applied
 *   <li><em>unknown</em>: the operation may have been applied
 * </ul>
 *
 * <p><em>Threading:</em> any thread may call the methods of {@code Replication}. The node's loop
 * alone may call those of {@code ReplicationLoop} and of {@code Opening}. The values are immutable.
 *
 * <p>{@code Replication} starts {@code internal.node}, which puts the rooms together; all else here
 * refers to {@code spi} and {@code clock} alone:
 *
 * <ul>
 *   <li>{@code spi}: what the author of a policy uses; {@code clock}: the clocks of ballots and
 *       timestamps; {@code storage}: the port to disks
 *   <li>{@code internal.rules}: what safety rests on at a replica. {@code internal.replica} is the
 *       acceptor's side, with {@code internal.tables}, {@code internal.shares} and {@code
 *       internal.watch}
 *   <li>{@code internal.quorum}: the proposer's side; {@code internal.policy} and {@code
 *       internal.budget}: what only the library's own policies use; {@code internal.node}: both
 *       sides together
 *   <li>{@code internal.wire}: requests and answers as bytes; {@code internal.journal} and {@code
 *       internal.disk}: behind {@code storage}
 *   <li>{@code internal.clock}: comparisons of clocks; {@code internal.repair}: a program for
 *       clusters that are stopped
 * </ul>
 */
package io.coterie.replication;
