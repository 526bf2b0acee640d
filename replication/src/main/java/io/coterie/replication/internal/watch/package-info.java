/**
 * The watches that nodes have at a replica, and their undelivered events.
 *
 * <p>A node asks ({@code ReplicaWatches.poll}), and is answered once the replica has accepted
 * something that it watches, or after 2 s in any case. {@code CallerWatches} has the watches of one
 * node, {@code WatchMemory} is one watch.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>event</em>: a state that this replica has accepted. It need not be chosen: the watching
 *       node finds that out
 *   <li><em>start of a watch</em>: a random number that the replica draws at the first request of a
 *       watch, and keeps until it forgets the watch. Another number means that events may be
 *       missing
 *   <li><em>seen</em>: the number of the last event that the caller has; those up to it are dropped
 *   <li><em>sweep</em>: looks for watches to answer, and for those that no longer ask
 * </ul>
 *
 * <p>A watch that does not keep up loses its oldest events, and the next answer shows it. Its node
 * then reads again. So memory is bounded, whatever nodes do.
 *
 * <p><em>Threading:</em> the replica calls this room on its loop, and hands over no state before it
 * is durable.
 */
package io.coterie.replication.internal.watch;
