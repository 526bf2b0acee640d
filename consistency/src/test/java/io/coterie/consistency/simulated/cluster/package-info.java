/**
 * Replicas and clients in a simulated world: the classes of production on simulated disks, links
 * and clocks.
 *
 * <p>A {@code SimulatedCluster} has nodes that may be built from broken parts, its {@code Variant}.
 * {@code SimulatedStorage} is the disk of a replica, {@code SlowLinks} give each byte a time, and
 * {@code RoledTransport} gives each node a role. Broken parts and observers override a {@code
 * WrappedStore}, a {@code WrappedStorage} or a {@code WrappedJournal}.
 */
package io.coterie.consistency.simulated.cluster;
