/**
 * Tables and small tools that more than one room of a node uses.
 *
 * <ul>
 *   <li>{@link LongMap}: a hash map with primitive keys, so that a lookup allocates nothing;
 *       {@link FibonacciHash}: the hash of such tables.
 *   <li>{@link DueHeap}: what is due at a time, in that order; each entry can be taken out early.
 *   <li>{@link PeerTable}: what a node keeps of each peer, bounded although names come and go.
 *   <li>{@link BufferUse}: when a buffer that grew for something large is to shrink again.
 *   <li>{@link LogBudget}: how many lines a minute others may cause in the log.
 *   <li>{@link Fnv}: hashes of texts, the same at all nodes and in all versions.
 *   <li>{@link Nanos}: durations as nanoseconds that can be added to the clock safely.
 * </ul>
 *
 * <p><b>Threads.</b> All of it is confined to the loop and takes no lock. {@link Fnv} and
 * {@link Nanos} have no state. A {@link LongMap} that other threads read is never changed: its
 * owner publishes a changed copy.
 *
 * <p><b>Who may call.</b> Each room of a node. Two other modules use {@link Fnv}, and nothing else:
 * the room is exported to them for that. It knows nothing but {@code node} and {@code spi}. What
 * only one room uses belongs there, not here.
 */
package io.coterie.rpc.internal.util;
