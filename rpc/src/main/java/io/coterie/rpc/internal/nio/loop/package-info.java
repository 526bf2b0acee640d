/**
 * The loop: the one thread that owns a node's connections and the state of its protocols.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>turn</em> of the loop: takes what the sockets bring, then tasks, then timers that are
 *       due
 *   <li><em>turn's end</em>: the last part of a turn, in which connections write what the turn
 *       produced
 *   <li><em>task</em>: code that any thread hands over ({@link TaskQueue}, {@link LoopTasks})
 *   <li><em>timer</em>: code that the loop runs after a while ({@link LoopTimers})
 *   <li><em>spin</em>: said of a loop with nothing to do, which polls within its {@link SpinBudget}
 *       before it sleeps in its selector
 *   <li><em>blocked</em>: said of a loop while one task runs for long; {@link LoopWatchdog} reports
 *       that
 * </ul>
 *
 * <p><b>Promises.</b> What a task, a timer or a socket's handler throws ends that alone; the loop
 * continues, also when memory runs out. No task that was taken is lost, not even at the end of the
 * loop.
 *
 * <p><b>Threads.</b> Any thread may hand over tasks and close the loop. Timers, registrations of
 * sockets and the turn's end belong to the loop's own thread. The watchdog is one daemon thread
 * for all loops of a process.
 *
 * <p><b>Sources.</b> {@link TaskQueue}: the FAA array queue of Correia and Ramalhete (2016).
 *
 * <p><b>Who may call.</b> {@code connection}, {@code handshake} and {@code links}; the factories
 * of {@code io.coterie.rpc} start a loop and make its {@link SystemWorld}.
 */
package io.coterie.rpc.internal.nio.loop;
