/**
 * Records that several replicas keep, and requests to those replicas. Consistency policies are made
 * of them: the library's own, and those of applications.
 *
 * <p>{@link io.coterie.replication.Replication} is the entry point of a node. It knows all
 * replicas, sends each request to all of them at once, and hands their answers to a {@link
 * io.coterie.replication.spi.ResponseCollector}, which decides when it has enough. A node that is a
 * replica also keeps records, and serves the requests for them.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>record</em>: what replicas keep under a {@link io.coterie.replication.spi.RecordKey}, which
 *       is a store's number and a key. It is a register or a versioned value
 *   <li><em>register</em>: a record of a strong store. Each replica has an acceptor for it, with a
 *       promise and an accepted state. It is read, prepared, accepted and removed under {@linkplain
 *       io.coterie.replication.spi.Ballot ballots}
 *   <li><em>versioned value</em>: a value of an eventual store; the highest {@linkplain
 *       io.coterie.replication.spi.HlcTimestamp timestamp} wins. It is fetched and merged
 *   <li><em>deadline</em>: a reading of {@code world().clock().nanos()}, until which a request is
 *       repeated
 * </ul>
 *
 * <p><em>Threading:</em> methods are called on the node's loop, unless they say otherwise. The
 * values are immutable; an array in one must not be changed.
 *
 * <p>Authors of policies call this package; so do the consistency module and the facade. Except for
 * {@code Replication}, nothing here refers to another room of this module. The rooms below:
 *
 * <ul>
 *   <li>{@code storage}, the port to disks, with {@code internal.journal} and {@code internal.disk}
 *       behind it
 *   <li>{@code clock} and {@code internal.clock}: the time of ballots and timestamps
 *   <li>{@code internal.wire}: what travels
 *   <li>{@code internal.quorum}: the proposer's side; {@code internal.budget}: what the stores of a
 *       node share
 *   <li>{@code internal.replica}: the acceptor's side, with {@code internal.tables}, {@code
 *       internal.shares} and {@code internal.watch}
 *   <li>{@code internal.repair}: a program for clusters that are stopped
 * </ul>
 *
 * <p>Source: Rystsov, CASPaxos: Replicated State Machines without logs, 2018.
 */
package io.coterie.replication;
