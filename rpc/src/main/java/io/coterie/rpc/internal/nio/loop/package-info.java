/**
 * The loop: the one thread that owns a node's connections and the state of its protocols.
 *
 * <p><b>Words.</b> A <i>turn</i> of the loop takes what the sockets bring, then tasks, then timers
 * that are due, then the <i>turn's end</i>, at which connections write what the turn produced. A
 * <i>task</i> is code that any thread hands over ({@link TaskQueue}, {@link LoopTasks}); a
 * <i>timer</i> is code that the loop runs after a while ({@link LoopTimers}). A loop with nothing
 * to do <i>spins</i>, which means that it polls within its {@link SpinBudget}, and then sleeps in
 * its selector. It is <i>blocked</i> while one task runs for long; {@link LoopWatchdog} reports
 * that.
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
