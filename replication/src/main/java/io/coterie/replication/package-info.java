/**
 * Records that several replicas keep, and the means to ask those replicas: what consistency
 * policies are made of, the library's own and an application's.
 *
 * <p>{@link io.coterie.replication.Replication} is the face of a node. It knows all replicas, sends
 * each request to all of them at once, and gives their answers to a {@link
 * io.coterie.replication.Gathering}, which says when it has enough. A node that is a replica itself
 * also keeps records, and answers for them.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>record</em>: what replicas keep under a {@link io.coterie.replication.RecordKey}, a
 *       store's number and a key. It is a register or a stamped value
 *   <li><em>register</em>: what an acceptor has promised and accepted for one key. It is read,
 *       prepared, accepted and removed under {@linkplain io.coterie.replication.Ballot ballots}
 *   <li><em>stamped value</em>: a value of an eventual store; the highest {@linkplain
 *       io.coterie.replication.Stamp stamp} wins. It is fetched and merged
 *   <li><em>deadline</em>: a reading of {@code world().clock().nanos()}. A request is repeated
 *       until then
 * </ul>
 *
 * <p>All of it is called on the node's loop, unless a method says otherwise. The values are
 * immutable; an array in one must not be changed.
 *
 * <p>Except for {@code Replication}, nothing here refers to another room of this module. The rooms
 * below:
 *
 * <ul>
 *   <li>{@code storage}, the port to disks, with {@code internal.journal} and {@code internal.disk}
 *       behind it
 *   <li>{@code clock} and {@code internal.clock}: the time of ballots and stamps
 *   <li>{@code internal.wire}: what travels
 *   <li>{@code internal.quorum}: the proposer's side, with {@code internal.budget}
 *   <li>{@code internal.replica}: the acceptor's side, with {@code internal.tables}, {@code
 *       internal.shares} and {@code internal.watch}
 *   <li>{@code internal.repair}: a program for clusters that are stopped
 * </ul>
 *
 * <p>Source: Rystsov, CASPaxos: Replicated State Machines without logs, 2018.
 */
package io.coterie.replication;
