/**
 * Leases: how one is acquired, renewed, released, and lost.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>A <em>lease register</em> is a lock, an election or a semaphore: a record with room for
 *         some leases at a time.
 *     <li>An <em>acquisition</em> is one caller's attempt to get a lease: it takes a free place, or
 *         that of a holder that has stopped renewing, or waits in the queue.
 *     <li>A <em>claim</em> is what a node knows of its own acquisition: its owner, and when each
 *         beat was sent. A <em>held lease</em> is what comes of it.
 *     <li>The <em>validity</em> is until when a lease is valid for its holder. It counts from
 *         before a beat was sent, and once it is over it stays over.
 *     <li>A <em>release</em> takes an entry, or a place in the queue, out of the record. It
 *         continues until a majority knows.
 * </ul>
 *
 * <p>Threading: the loop of the node alone, but for {@code HeldLease} and {@code Validity}, which
 * any thread may use.
 *
 * <p>Callers: the facade's locks and semaphores, and the room of elections. This room is exported
 * to the facade alone. What safety rests on is in {@link
 * io.coterie.consistency.internal.coordination.rules}.
 */
package io.coterie.consistency.internal.coordination.lease;
