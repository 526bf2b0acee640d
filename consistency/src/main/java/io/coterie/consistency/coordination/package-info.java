/**
 * The types of locks, elections and semaphores that users hold, whichever part of the library gives
 * these to them. The facade's {@code Coordination} makes them.
 *
 * <p>Words of this package:
 * <ul>
 *     <li>A <em>lease</em> is the right to a lock, a permit or the leadership for a limited time.
 *         Its node renews it.
 *     <li>A <em>holder</em> is the owner of a valid lease.
 *     <li>A <em>fencing token</em> is the number of a lease, higher than all before. A resource
 *         checks it with a <em>fencing guard</em>, so that it is never changed by an earlier holder
 *         after a later one.
 *     <li>A <em>leadership listener</em> is notified when its candidate is elected or deposed.
 * </ul>
 *
 * <p>Threading: leases and fencing guards may be used by any thread. Listeners run on the node's
 * executor, one call at a time for each candidate.
 *
 * <p>Callers: users, and the facade. What implements this is in {@code
 * internal.coordination} packages, which the module exports to the facade alone: {@code lease},
 * {@code election} and {@code latch} stand on {@code node}, which stands on {@code cas} and {@code
 * rules}.
 *
 * <p>Source: leases by Gray, Cheriton, Leases: An Efficient Fault-Tolerant Mechanism for
 * Distributed File Cache Consistency, 1989; fencing tokens as the sequencers of Burrows, The Chubby
 * Lock Service for Loosely-Coupled Distributed Systems, 2006.
 */
package io.coterie.consistency.coordination;
