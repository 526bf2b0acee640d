/**
 * Where a node meets the world: what authors of transports, of simulations and of protocols
 * implement or get. Users of the library who do none of these need nothing from here.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>world</em>: all that a node knows besides its network and its disk: a {@link Clock}, an
 *       event loop (the {@link Scheduler}) and a {@link RandomSource}. A protocol takes time, turns
 *       and chance from its world alone, so the same classes run in the real world and in a
 *       simulated one
 *   <li><em>transport</em>: carries messages between nodes; TCP is one
 *   <li><em>key files</em> ({@link KeyFiles}): where a node keeps the keys of nodes
 * </ul>
 *
 * <p><b>Structure.</b> Implemented by others: {@link Clock}, {@link Scheduler},
 * {@link RandomSource}, {@link Transport}, {@link KeyFiles}. Made here for protocols:
 *
 * <ul>
 *   <li>{@link LoopFuture}: a future that the loop completes, and that nobody can wait for on the
 *       loop by mistake. {@code LoopStage} is what is chained to one.
 *   <li>{@link Repetition}: a task that runs again and again, even if one run throws.
 * </ul>
 *
 * <p><b>Threads.</b> A {@link Clock} and {@link Scheduler#execute} are for any thread, as are
 * {@link LoopFuture}s. The rest of a world is for the loop alone, and so is {@link Repetition}. The
 * node calls its transport on the loop; any thread may deliver to a {@link Transport.Receiver}.
 *
 * <p><b>Who may call.</b> All modules, and users with a transport or a protocol of their own. The
 * real world is under {@code internal.nio}, the simulated one in the module
 * {@code io.coterie.simulation}.
 *
 * <p><b>Source.</b> Protocols without a clock or threads of their own, run under simulation:
 * FoundationDB (Zhou et al., SIGMOD 2021).
 */
package io.coterie.rpc.spi;
