/**
 * Faults that befall a simulated cluster, as one seed decides: what it is to survive, and when.
 *
 * <p>{@link io.coterie.simulation.faults.FaultPlan} says which kinds of faults may come, how often, how long and how strong.
 * {@link io.coterie.simulation.faults.Nemesis} carries a plan out and takes all faults away at the end. A test then reads from
 * {@link io.coterie.simulation.faults.FaultSpan} what befell whom and when.
 *
 * <p>Each {@link io.coterie.simulation.faults.Fault} is of one lane: processes, links, messages on all links ("weather"), or
 * machines with their disks and clocks. One fault of a lane is on at a time, so that up to four meet. Faults that leave the
 * cluster with one node less are counted over lanes, and never exceed what the plan allows.
 *
 * <p>All runs on the thread that runs the simulation. Names and ideas follow Jepsen's nemesis (Kingsbury); a swizzle, in which
 * nodes are cut off one by one and come back in another order, is from FoundationDB.
 */
package io.coterie.simulation.faults;
