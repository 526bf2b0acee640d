/**
 * Locks, elections, semaphores and latches that all nodes of a cluster share. {@link
 * io.coterie.Coterie#coordination} opens a {@link io.coterie.coordination.Coordination}, which
 * makes them by name.
 *
 * <p>A {@link io.coterie.coordination.Lock}, a {@link io.coterie.coordination.Semaphore} and a
 * {@link io.coterie.coordination.LeaderElection} give leases ({@link
 * io.coterie.consistency.coordination.Lease}). A lease ends by itself when its holder is cut off or
 * dead, so two callers may both believe for a moment that they hold the lock. Each lease has a
 * fencing token higher than all before. The resource that the lock protects refuses lower tokens
 * ({@link io.coterie.consistency.coordination.FencingGuard}). A {@link
 * io.coterie.coordination.Latch} counts participants, and needs no lease.
 *
 * <p>Two of the names are also names of the JDK. Import {@code io.coterie.coordination.Lock}, not
 * that of {@code java.util.concurrent.locks}, and {@code io.coterie.coordination.Semaphore}, not
 * that of {@code java.util.concurrent}.
 *
 * <p><em>Threading:</em> everything here is safe for use by any number of threads. The types of
 * this package wait on the caller's thread, and throw {@link java.lang.IllegalStateException} on
 * the event loop. Their {@code async()} views wait for nothing, and their futures complete on the
 * loop, where nothing may block.
 *
 * <p><em>Errors:</em> a call that fails throws a {@link io.coterie.rpc.error.CoterieException},
 * which says whether it may have been executed.
 */
package io.coterie.coordination;
