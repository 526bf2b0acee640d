/**
 * Operations on their way from a caller's thread to the event loop, and back.
 *
 * <p>{@code CallerLoop} is the way itself: it has the loop run a task, waits for a future on the
 * caller's thread, refuses a caller who would wait on the loop, and fails every wait when the node
 * is closed. {@code OperationRunner} sends operations on stores along it.
 *
 * <p>A {@code StoreRequest} is one operation in bytes. {@code OperationFuture}, {@code MultiGet}
 * and {@code ScanFuture} are handed to the loop as tasks, begin operations of a policy's store
 * there, and are the futures that the caller waits for. All of them are {@code NodeFuture}s: a
 * caller is let go some time after the deadline even if the loop is held up by a user's code.
 * {@code OperationLimit} counts the operations in flight, and refuses one too many on the caller's
 * thread. {@code RunningFunctions} refuses a function of an update that asks for its own key.
 *
 * <p>A {@code MultiGet} has only some of its reads in flight at a time: the end of one begins the
 * next. So a long list keeps neither the loop nor the connections from other operations. What a
 * user's codec throws fails the caller's future, and the loop continues.
 *
 * <p>Threads: objects are made on the caller's thread and then belong to the loop, which runs and
 * completes them. {@code CallerLoop}, {@code OperationRunner}, {@code OperationLimit} and
 * {@code RunningFunctions} may be used by any thread.
 */
package io.coterie.internal.operations;
