/**
 * The threads of a node that are not its loop: those that run users' code which may block.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>kind</em>: code that runs for the same reason, such as handlers of calls or listeners
 *       of watches. Code of one kind never waits for code of another: {@link HandlerThreads} gives
 *       each kind an executor of its own
 *   <li><em>scope</em> ({@link ThreadScope}): knows which handler a thread runs. A call that a
 *       handler makes inherits the deadline of the handler's caller, and a cancelled handler is
 *       interrupted
 * </ul>
 *
 * <p>On Java 21 and later a task has a virtual thread. Before that a kind has threads of its own
 * ({@link KindThreads}), and more of them where tasks run for long.
 *
 * <p><b>Threads.</b> Everything here may be called by any thread. No lock is held while users'
 * code runs.
 *
 * <p><b>Who may call.</b> The factories of {@code io.coterie.rpc} make the threads of a node;
 * {@code server} reaches them through an executor and
 * {@link io.coterie.rpc.internal.server.HandlerScope}. {@code loop} uses {@link ThreadStack} to
 * log where a thread hangs.
 */
package io.coterie.rpc.internal.nio.threads;
