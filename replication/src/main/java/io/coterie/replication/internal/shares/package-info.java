/**
 * How a replica's loop is shared among the nodes that ask it.
 *
 * <p>{@code LoopShares} counts what each node is served, and has a node wait that has used up its
 * share. {@code SharedHandler} and {@code BatchHandler} put a method, or a batch of requests, under
 * that rule.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>share</em>: what one node is served in a short window before the rest of its requests
 *       waits
 *   <li><em>charge</em>: work counts by the bytes that it comes to, not by the clock, so that a
 *       simulation shares it alike
 *   <li><em>slice</em>: what a waiting node is served in its turn
 *   <li><em>in vain</em>: served although nobody waits for the answer any longer, as the request
 *       changes something
 * </ul>
 *
 * <p>What this node asks its own replica counts for nothing. All of it is used on the replica's
 * loop, by the replica and by its watches.
 *
 * <p>Source: fair queueing (Nagle, On Packet Switches With Infinite Storage, RFC 970, 1985).
 */
package io.coterie.replication.internal.shares;
