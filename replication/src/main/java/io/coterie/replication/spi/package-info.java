/**
 * What the author of a consistency policy uses: requests to replicas, their answers, and the values
 * in both. The library's own policies are made of it, too.
 *
 * <p>{@link io.coterie.replication.spi.QuorumCalls} sends each request to all replicas at once, and
 * hands their answers to a {@link io.coterie.replication.spi.ResponseCollector}, which decides when
 * it has enough. {@link io.coterie.replication.spi.ReplicaConnections} refuses operations early
 * that could not end well. {@code ReplicationLoop} has both. {@link
 * io.coterie.replication.spi.StoreRules} are what replicas accept for the stores of a policy.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>record</em>: what replicas keep under a {@link io.coterie.replication.spi.RecordKey},
 *       which is a store's number and a key. It is a register or a versioned value
 *   <li><em>register</em>: a record of a strong store. Each replica has an acceptor for it, with a
 *       promise and an accepted state. It is read, prepared, accepted and removed under {@linkplain
 *       io.coterie.replication.spi.Ballot ballots}
 *   <li><em>versioned value</em>: a value of an eventual store; the highest {@linkplain
 *       io.coterie.replication.spi.HlcTimestamp timestamp} wins. It is fetched and merged
 *   <li><em>deadline</em>: a reading of {@code world().clock().nanos()}, until which a request is
 *       repeated
 * </ul>
 *
 * <p><em>Threading:</em> calls are made on the node's loop, and collectors are called there. The
 * values are immutable; an array in one must not be changed.
 *
 * <p>Policies outside the library, the consistency module and the other rooms of this module use
 * it. It refers to no other room.
 *
 * <p>Source: Rystsov, CASPaxos: Replicated State Machines without logs, 2018.
 */
package io.coterie.replication.spi;
