/**
 * The watches that nodes have at a replica, and what each has not been told yet.
 *
 * <p>A node asks ({@code ReplicaWatches.poll}), and is answered once the replica has accepted something
 * that it watches, or after a while in any case. {@code CallerWatches} holds the watches of one node,
 * {@code WatchMemory} is one watch.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>event</em>: a state that this replica has accepted, which need not be chosen. The node
 *       that watches finds that out
 *   <li><em>life</em>: a watch from its first request until it is forgotten, drawn at random.
 *       Another life says that events may be missing
 *   <li><em>seen</em>: the number of the last event that the caller has; those up to it are dropped
 *   <li><em>sweep</em>: looks for watches to answer, and for those that no longer ask
 * </ul>
 *
 * <p>A watch that does not keep up loses its oldest events, and can tell so from the next answer.
 * Its node then reads again. So memory is bounded, whatever nodes do.
 *
 * <p>The replica calls this room on its loop, and tells it of nothing before it is durable.
 */
package io.coterie.replication.internal.watch;
