/**
 * Changes to one record of a strong store by compare-and-set.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>A <em>compare-and-set loop</em> reads a record, has a decider decide, writes, and begins
 *         again until the decider has nothing to add. What became of a write whose answer was lost
 *         is found by reading.
 *     <li>A <em>decision</em> is one of: done, write, wait, or read another record first.
 *     <li>A <em>wait policy</em> has how long a loop continues and how often it reads.
 *     <li><em>Record watches</em> report changes of a record to loops that wait, so that most need
 *         not poll. A loop reads now and then all the same, as a watch may miss a change.
 * </ul>
 *
 * <p>Threading: the loop of the node alone.
 *
 * <p>Callers: leases, latches, and the floor of tokens. This room knows no record's bytes, and
 * nothing of its callers.
 */
package io.coterie.consistency.internal.coordination.cas;
