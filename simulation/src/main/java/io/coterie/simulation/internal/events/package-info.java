/**
 * Virtual time, its events, and the trace of a run.
 *
 * <p>The words:
 *
 * <ul>
 *   <li>{@link io.coterie.simulation.internal.events.Event}: an action at a point of virtual time
 *   <li>{@link io.coterie.simulation.internal.events.VirtualTime}: holds the events to come, and
 *       jumps from one to the next. Events of one time happen in the order in which they were
 *       handed over, so that a run has one order only. It also knows which loop runs now: a task
 *       that asks whether it is on its loop gets the answer here
 *   <li>{@link io.coterie.simulation.internal.events.Trace}: hashes the numbers of each event.
 *       Equal runs have equal hashes. The texts of its kinds count in the hash: a change of one
 *       changes all hashes
 *   <li>{@link io.coterie.simulation.internal.events.NodeRef}: a node as this room knows it, a name
 *       and a number
 * </ul>
 *
 * <p>Nothing here knows processes, networks or disks. All of it runs on the thread that
 * runs the simulation. The other packages of this module may call it.
 */
package io.coterie.simulation.internal.events;
