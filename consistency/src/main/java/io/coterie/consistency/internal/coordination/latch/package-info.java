/**
 * Latches, which open once, when so many participants have counted down.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>A <em>latch record</em> has the names of those who have counted down, so that each counts
 *         once, however often it tries. Once the latch is open it has no names, and stays small.
 *     <li>A <em>participant</em> is a name. Any node may count it down.
 *     <li>A <em>run</em> is one call, from its beginning to its end.
 * </ul>
 *
 * <p>Threading: the loop of the node alone. A latch rests on no clock.
 *
 * <p>Callers: the facade, which this room is exported to alone. That a participant counts once is a
 * rule in {@link io.coterie.consistency.internal.coordination.rules}.
 */
package io.coterie.consistency.internal.coordination.latch;
