/**
 * Carries operations from a caller's thread to the event loop, and their results back.
 *
 * <p>{@code CallerLoop} is the loop as callers see it: it has the loop run a task, waits for a
 * future on the caller's thread, refuses a caller who would wait on the loop, and fails every wait
 * when the node is closed. {@code OperationRunner} hands operations on stores to it.
 *
 * <p>A {@code StoreRequest} is one operation in bytes. {@code OperationFuture}, {@code MultiGet}
 * and {@code ScanFuture} are handed to the loop as tasks, begin operations of a policy's store
 * there, and are the futures that the caller waits for. All of them are {@code NodeFuture}s: a
 * caller is let go some time after the deadline even if a user's code blocks the loop.
 * {@code OperationLimit} counts the operations in flight, and refuses one too many on the caller's
 * thread. {@code RunningFunctions} refuses a function of an update that asks for its own key.
 *
 * <p>A {@code MultiGet} has only some of its reads in flight at a time: the end of one begins the
 * next. So a long list keeps neither the loop nor the connections from other operations. What a
 * user's codec throws fails the caller's future, and the loop continues.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>request</em>: one operation in bytes, for one key, with its timeout ({@code
 *       StoreRequest})
 *   <li><em>hand over</em>: to give a task to the loop. {@code OperationLimit} counts the operation
 *       before that, and until the store is done with it, whether or not the caller still waits
 *   <li><em>read</em>: makes what the caller gets out of bytes. It runs on the loop for a caller
 *       who does not wait, and otherwise on the caller's thread
 *   <li><em>blocked</em>: a loop that runs nothing else, because the code that it runs waits
 * </ul>
 *
 * <p><em>Threading:</em> objects are made on the caller's thread and then belong to the loop, which
 * runs and completes them. {@code CallerLoop}, {@code OperationRunner}, {@code OperationLimit} and
 * {@code RunningFunctions} may be used by any thread.
 *
 * <p>{@code Coterie} makes the runner, the limit and the loop of a node. {@code typed} sends
 * operations by the runner. {@code coordination} uses the loop and {@code NodeFuture}, {@code
 * readiness} only the loop.
 */
package io.coterie.internal.operations;
