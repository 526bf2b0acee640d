/**
 * Elections: candidates for the lease of a register with room for one.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>A <em>candidate</em> campaigns whenever it does not lead, until it withdraws. To
 *         <em>campaign</em> is to acquire the lease, however long that takes.
 *     <li>The <em>leader</em> is the candidate that holds the lease. It resigns by releasing it.
 *     <li>A <em>serial executor</em> ({@code internal.usercode}) calls a candidate's listener off
 *         the loop, one call at a time, in order.
 * </ul>
 *
 * <p>Threading: the loop of the node alone. Listeners run on the executor for them, and may block.
 *
 * <p>Callers: the facade, which this room is exported to alone.
 */
package io.coterie.consistency.internal.coordination.election;
