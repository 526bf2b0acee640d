/**
 * What all stores of one node share: memory, the capacity of replicas, and watches.
 *
 * <p>{@code NodeMemory} bounds caches, queues of slow listeners and the keys that watches remember.
 * {@code NodeLoad} measures how fast replicas answer, and estimates how long one more operation
 * would take. {@code NodeWatches} counts the open watches, and logs what prevents replicas from
 * serving them. {@code StoreAdmission} is how the stores and the facade get them from a node.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>kept</em>: the content of caches, which stores can do without
 *   <li><em>queued</em>: changes that wait for a listener
 *   <li><em>held</em>: changes that this node makes for other nodes
 *   <li><em>pace</em>: the measured speed of replicas; known only while they answer too late
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
