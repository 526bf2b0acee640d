/**
 * Faults of a simulated cluster: what it must survive, and when. One seed decides all of it.
 *
 * <p>The words:
 *
 * <ul>
 *   <li>{@link io.coterie.simulation.faults.Fault}: a kind of fault
 *   <li>{@link io.coterie.simulation.faults.FaultPlan}, a plan: which kinds of faults may come, how
 *       often, how long and how strong
 *   <li>{@link io.coterie.simulation.faults.Nemesis}: what carries a plan out, and ends all faults
 *       at the end
 *   <li>{@link io.coterie.simulation.faults.FaultSpan}, a span: one fault that was on, with its
 *       nodes, its beginning and its end
 *   <li><em>lane</em>: the part of the cluster that a fault belongs to: processes, links, messages,
 *       or machines with their disks and clocks. One fault of a lane is on at a time, so that up to
 *       four meet
 *   <li><em>budget</em>: how many nodes may be out of service at a time, over all lanes. Only a
 *       loss of power of all machines may exceed it
 * </ul>
 *
 * <p>Everything runs on the thread that runs the simulation. Nothing in {@code
 * io.coterie.simulation} refers to this package: it uses nodes and networks as any test does.
 *
 * <p>Sources: Jepsen's nemesis (Kingsbury) for names and ideas; FoundationDB for the swizzle, in
 * which nodes are cut off one by one and return in another order.
 */
package io.coterie.simulation.faults;
