/**
 * The code behind {@code io.coterie.coordination}: calls of it on their way to the event loop and
 * back.
 *
 * <p>{@code OpenCoordinations} belongs to one node. It keeps a {@code StoreCoordination} for each store
 * that was opened for coordination, which makes the objects that users get: {@code LeaseLock},
 * {@code LeaseSemaphore}, {@code LeaseElection} and {@code RecordLatch}. Each of them is a name, a
 * {@code CoordinationRunner}, and an object of {@code io.coterie.consistency.coordination} that
 * does the work on the loop. Their {@code async()} views are nested in them.
 *
 * <p>{@code CoordinationRunner} hands a call to the loop. It refuses one too many on the caller's
 * thread, and bounds the wait by a {@code CoordinationFuture}. A result that comes after its caller
 * has left is undone: a lease is released, a candidate withdraws. So nobody holds a lock that
 * nobody knows of.
 *
 * <p>Threads: all types here may be used by any thread. The objects of the consistency module
 * behind them belong to the loop, and only tasks of the loop touch them. {@code
 * OpenCoordinations.close} waits for a bounded time until leases are released; those that cannot be
 * released end by themselves.
 */
package io.coterie.internal.coordination;
