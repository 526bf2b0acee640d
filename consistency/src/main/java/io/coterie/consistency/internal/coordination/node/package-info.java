/**
 * One node's part in the coordination that rests on one strong store: what its leases and latches
 * share, and how it keeps the store free of records that nobody needs.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>The <em>coordinator</em> is that part. {@code NodeLeases} has the bounds that all
 *         coordinators of a node share.
 *     <li><em>Observations</em> are since when this node has seen which beat of which owner, or
 *         a free place that the first in the queue has not taken.
 *     <li>The <em>unqueued</em> wait at this node without a place in a record's queue.
 *     <li><em>Leftovers</em> are records that nobody holds or waits for. They are removed after a
 *         while. A <em>sweep</em> finds those of nodes that died.
 *     <li>The <em>floor</em> is at or above all tokens of records that were removed. It is raised
 *         before a record goes.
 * </ul>
 *
 * <p>Threading: the loop of the node alone. Wall clocks play no part.
 *
 * <p>Callers: the facade makes one coordinator for each store and closes it. The rooms of leases,
 * elections and latches use it. This room is exported to the facade alone.
 */
package io.coterie.consistency.internal.coordination.node;
