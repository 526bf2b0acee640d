/**
 * Faults of a simulated cluster: what it must survive, and when. One seed decides all of it.
 *
 * <p>{@link io.coterie.simulation.faults.FaultPlan} says which kinds of faults may come, how often,
 * how long and how strong. {@link io.coterie.simulation.faults.Nemesis} carries a plan out and ends
 * all faults at the end. A {@link io.coterie.simulation.faults.FaultSpan} then reports to a test
 * which nodes had which fault, and when.
 *
 * <p>Each {@link io.coterie.simulation.faults.Fault} belongs to one lane: processes, links,
 * messages, or machines with their disks and clocks. One fault of a lane is on at a time, so that
 * up to four meet. {@code FaultBudget} counts, over all lanes, the nodes that are out of service,
 * and never allows more than the plan does.
 *
 * <p>Everything runs on the thread that runs the simulation. Nothing in {@code
 * io.coterie.simulation} refers to this package: it uses nodes and networks as any test does.
 *
 * <p>Sources: Jepsen's nemesis (Kingsbury) for names and ideas; FoundationDB for the swizzle, in
 * which nodes are cut off one by one and return in another order.
 */
package io.coterie.simulation.faults;
