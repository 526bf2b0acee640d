/**
 * How a replica's loop is shared among its callers.
 *
 * <p>{@code LoopShares} counts the work for each node, and makes the requests of a node wait that
 * has used up its share. {@code SharedHandler} and {@code BatchHandler} apply that to a method, or
 * to a batch of requests.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>share</em>: the work for one node in a short window before its further requests wait
 *   <li><em>charge</em>: to count work, by its bytes and not by the clock, so that a simulation
 *       shares it in the same way
 *   <li><em>slice</em>: the work for a waiting node in its turn
 *   <li><em>in vain</em>: served although nobody waits for the answer any longer, as the request
 *       changes something
 * </ul>
 *
 * <p>Requests of this node to its own replica do not count. <em>Threading:</em> all of it is used
 * on the replica's loop, by the replica and by its watches.
 *
 * <p>Source: fair queueing (Nagle, On Packet Switches With Infinite Storage, RFC 970, 1985).
 */
package io.coterie.replication.internal.shares;
