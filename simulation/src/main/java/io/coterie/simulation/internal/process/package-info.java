/**
 * What one process of a simulated node runs on: its loop, its clock, and the queue of its events.
 *
 * <p>The words:
 *
 * <ul>
 *   <li>{@link io.coterie.simulation.internal.process.SimLoop}: the loop of one start of a node.
 *       Its tasks are dropped when that start ends
 *   <li>{@link io.coterie.simulation.internal.process.NodeQueue}: the events of a node. A paused
 *       process gets to them later, and a slow one takes time for each
 *   <li>{@link io.coterie.simulation.internal.process.SimClock}: the clocks of a machine. They
 *       survive the process
 *   <li>{@link io.coterie.simulation.internal.process.NodeEvent}: an event of a process: a task
 *       here, and the arrival of a message in the network. First it becomes due in virtual time,
 *       then the queue admits it
 * </ul>
 *
 * <p>All of it runs on the thread that runs the simulation. {@code io.coterie.simulation} calls it
 * and puts a network and a disk beside it.
 */
package io.coterie.simulation.internal.process;
