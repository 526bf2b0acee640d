/**
 * The one entry point: {@link io.coterie.Coterie} and its builder start a node, open typed stores
 * and counters, and report how the cluster is. What {@link io.coterie.Coterie#coordination} opens
 * is in {@link io.coterie.coordination}.
 *
 * <p>This package puts the modules below together; each of them is usable alone. {@code rpc}
 * carries calls between nodes, {@code failuredetector} says which peers are down, {@code
 * replication} keeps records on replicas, and {@code consistency} decides what reads and writes
 * promise. The code behind this API is in rooms of {@code io.coterie.internal}: {@code typed} puts
 * users' types on stores of bytes, {@code operations} carries an operation to the event loop and
 * its result back, {@code coordination} does the same for locks, elections, semaphores and latches,
 * {@code readiness} knows which stores are open and which replicas vote, and {@code settings}
 * checks what users give.
 *
 * <p><em>Words:</em> a <em>replica</em> keeps records and may vote, a <em>client</em> keeps none, a
 * <em>reader</em> is a client that only reads. A <em>store</em> is a replicated map under one
 * consistency policy. A <em>view</em> ({@code withTimeout}, {@code withReadConsistency}, {@code
 * async}) is the same object with another manner of calling it. A <em>version</em> orders the
 * states of one key.
 *
 * <p><em>Threading:</em> everything here is safe for use by any number of threads, except the
 * builder. A blocking call hands its work to the node's event loop and waits; on the loop itself it
 * throws {@link java.lang.IllegalStateException}. The futures of {@code async()} views complete on
 * the loop, where nothing may block.
 *
 * <p><em>Errors:</em> an operation that fails throws a {@link
 * io.coterie.rpc.error.CoterieException}, which says whether the operation may have been executed.
 * Misuse throws an unchecked exception of the JDK, whose text names the argument and what to do.
 */
package io.coterie;
