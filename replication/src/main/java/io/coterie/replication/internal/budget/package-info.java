/**
 * What the stores of one node share, however many they are: memory, replicas' time, and watches.
 *
 * <p>{@code NodeMemory} bounds caches, queues of slow listeners and the keys that watches remember.
 * {@code NodeLoad} measures how fast replicas answer, and says how long one more operation would
 * take. {@code NodeWatches} counts the open watches and reports what keeps replicas from serving
 * them.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>kept</em>: what a store holds to be faster, and can do without
 *   <li><em>queued</em>: changes that wait for a listener
 *   <li><em>held</em>: what this node does for another one, and must not have too much of
 *   <li><em>pace</em>: how many bytes replicas answer in a nanosecond; known only while they answer
 *       too late
 *   <li><em>window</em>: a short time in which answers are counted for that
 * </ul>
 *
 * <p>All of it is used on the node's loop, except for {@code NodeLoad.refusal}, which callers'
 * threads ask before they hand an operation over. The consistency module and the facade call it;
 * the package is exported to them alone.
 *
 * <p>Source: the clock algorithm for what is kept (Corbató, A Paging Experiment with the Multics
 * System, 1968), and Little's law for the load (Little, A Proof for the Queuing Formula L = λW,
 * 1961).
 */
package io.coterie.replication.internal.budget;
