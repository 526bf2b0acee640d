/**
 * What only the strong policy of the library uses, beyond the {@code spi} that every author of a
 * policy has: the collection of deleted keys, and watches. It is exported to the consistency module
 * alone, so that it can change with it.
 *
 * <p>{@code LocalTombstones} are the keys without a value at this node's replica. A {@code
 * Tombstone} is one of them. {@code WatchRequest} and {@code WatchAnswer} are a question of a watch
 * to one replica, and the answer. {@code NodeReplication} hands out the first and sends the second.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>tombstone</em>: the record of a deleted key
 *   <li><em>collection</em>: the removal of a tombstone that all replicas have
 *   <li><em>event</em>: a state that one replica has accepted; it need not be chosen
 *   <li><em>start of a watch</em>: a random number that a replica draws for a watch. Another number
 *       means that events may be missing
 * </ul>
 *
 * <p>{@code internal.replica} and {@code internal.watch} answer; {@code internal.wire} has the
 * bytes. This room refers to {@code spi} alone.
 *
 * <p><em>Threading:</em> the node's loop. The values are immutable.
 */
package io.coterie.replication.internal.policy;
