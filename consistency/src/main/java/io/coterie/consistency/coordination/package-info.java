/**
 * Locks, elections, semaphores and latches on a strong store, as objects of a node's loop; the
 * facade gives them faces for callers on other threads.
 *
 * <p>Words of this package:
 * <ul>
 *     <li>A <em>lease register</em> is a record with room for some leases at a time: one for a lock
 *         or an election, more for a semaphore. A <em>lease entry</em> is one holder in it, a
 *         <em>lease claim</em> is what a node knows of its own.
 *     <li>A holder renews its lease with a <em>beat</em>. Others take it over once they have
 *         observed the same beat for longer than its duration, by their own steady clock.
 *     <li>A <em>token</em> rises with each lease, so that a resource can refuse earlier holders.
 *         The <em>floor</em> is at or above all tokens of records that were removed.
 *     <li>A <em>compare-and-set loop</em> reads a record, decides, writes, and begins again. What
 *         became of a write whose answer was lost is found by reading.
 *     <li><em>Leftovers</em> are records that nobody holds or waits for. A <em>sweep</em> finds
 *         those of nodes that died.
 * </ul>
 *
 * <p>Threading: the loop of the node alone, but for {@code Lease} and {@code FencingGuard}, which
 * any thread may use. Wall clocks play no part.
 *
 * <p>Callers: the facade. What safety rests on is in {@code LeaseRules}, where tests break it:
 * {@code LeaseRules.nextToken} draws fencing tokens.
 *
 * <p>Source: leases by Gray, Cheriton, Leases: An Efficient Fault-Tolerant Mechanism for
 * Distributed File Cache Consistency, 1989; fencing tokens as the sequencers of Burrows, The Chubby
 * Lock Service for Loosely-Coupled Distributed Systems, 2006.
 */
package io.coterie.consistency.coordination;
