/**
 * Whole clusters in the simulation: nodes, clients, faults, and what must hold afterwards.
 *
 * <p>A {@code SimulatedCluster} has nodes that may be built from broken parts, its {@code Variant}.
 * A {@code ...Run} is one seed: it draws a shape, has clients call, unleashes faults, and reports
 * whether each promise was kept. A {@code ...SimulationTest} goes through many seeds.
 *
 * <p>All of a run is on one thread and is the same again for the same seed.
 */
package io.coterie.consistency.simulated;
