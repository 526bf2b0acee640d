/**
 * The code behind {@code io.coterie.coordination}: carries its calls to the event loop, and their
 * results back.
 *
 * <p>{@code OpenCoordinations} belongs to one node. It keeps a {@code StoreCoordination} for each
 * store that was opened for coordination, which makes the objects that users get: {@code
 * LeaseLock}, {@code LeaseSemaphore}, {@code LeaseElection} and {@code RecordLatch}. Each of them
 * is a name, a {@code CoordinationRunner}, and an object of {@code
 * io.coterie.consistency.internal.coordination} ({@code LeaseRegister}, {@code Election} or {@code
 * CountLatch}) that does the work on the loop. Their {@code async()} views are nested in them.
 *
 * <p>{@code CoordinationRunner} hands a call to the loop. It refuses one too many on the caller's
 * thread, and bounds the wait by a {@code CoordinationFuture}. A result that comes after its caller
 * has left is undone: a lease is released, a candidate withdraws. So nobody holds a lock that
 * nobody knows of.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>call</em>: what a user asks of a lock, an election, a semaphore or a latch. It may wait
 *       for others, and makes several operations on the store
 *   <li><em>wait</em>: how long a call may wait for others, besides its operations on the store
 *   <li><em>undo</em>: what is done with a result that comes after its caller has left
 *   <li><em>in flight</em>: the calls of this node that have begun and not ended, in all stores
 *       together
 * </ul>
 *
 * <p><em>Threading:</em> all types here may be used by any thread. The objects of the consistency
 * module behind them belong to the loop, and only tasks of the loop touch them. {@code
 * OpenCoordinations.close} waits for a bounded time until leases are released; those that cannot be
 * released end by themselves.
 *
 * <p>{@code Coterie} alone makes and closes {@code OpenCoordinations}. Users call the rest by the
 * interfaces of {@code io.coterie.coordination}.
 */
package io.coterie.internal.coordination;
