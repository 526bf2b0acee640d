/**
 * A deterministic world for tests: virtual time, nodes that crash, and a network and disks that
 * fail. One 64-bit seed decides everything that happens in it, so that every failure can be
 * replayed.
 *
 * <p>The words:
 *
 * <ul>
 *   <li>{@link io.coterie.simulation.Simulation}: makes nodes and lets time pass
 *   <li>{@link io.coterie.simulation.SimNode}, a node: a machine with a clock, a disk and at most
 *       one process
 *   <li>{@link io.coterie.simulation.SimStart}, a start: one run of that process, and
 *       all that its code gets: clock, loop, random numbers, network and disk
 *   <li>{@link io.coterie.simulation.SimNetwork}, {@link io.coterie.simulation.SimDisk}: what tests
 *       set faults on
 *   <li><em>link</em>: the way from one node to another, in one direction
 *   <li><em>stream</em>: random numbers of one part, from {@link io.coterie.simulation.SimRandom}.
 *       It is split off by name, so that one more draw in a part changes nothing in the others.
 *       Seeds that are written down in tests rest on the order of draws in each stream
 * </ul>
 *
 * <p>Behind the public types:
 *
 * <ul>
 *   <li>the network: {@code Links} says which links are cut, how fast they are and what they do;
 *       {@code Carrier} takes a message from a {@code SimTransport} and makes a {@code Delivery} of
 *       it
 *   <li>the disk: a process sees it as {@code SimVolume} and {@code SimFile}; {@code
 *       DiskOperations} holds the files and does what a process asks, faults included; {@code
 *       FileContent} knows what a power loss leaves of a file; {@code JobTimes} how long jobs take
 *   <li>{@code internal.process}: loops, clocks and the queue of a node's events
 *   <li>{@code internal.events}: virtual time and the trace
 *   <li>{@code faults} brings faults about; {@code history} checks what clients saw
 * </ul>
 *
 * <p>Everything runs on the one thread that runs the simulation. Only tests use this module.
 *
 * <p>Source: FoundationDB's simulation (Zhou and others, FoundationDB, SIGMOD 2021).
 */
package io.coterie.simulation;
