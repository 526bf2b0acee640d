/**
 * The keys that a node has in use: what waits for each, and which round it has in flight.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>A key has a <em>queue</em> and one round at a time. All that queues up during a round
 *         shares the next one, so a hot key costs rounds and not operations.
 *     <li>Reads <em>aside</em> do not wait for a function that the round is calling.
 *     <li>A key is <em>contended</em> while other nodes change it, too. Then its batches go to its
 *         home.
 *     <li>A <em>reservation</em> keeps a key at its home unchanged for a node that has read the
 *         value for a function, until its change comes.
 *     <li>A key is <em>forgotten</em> where the memory of the node is short and the key was not
 *         used recently.
 * </ul>
 *
 * <p>Threading: the loop of the node alone.
 *
 * <p>Callers: the strong store, which finds a key in the table and adds an operation to it.
 */
package io.coterie.consistency.internal.key;
