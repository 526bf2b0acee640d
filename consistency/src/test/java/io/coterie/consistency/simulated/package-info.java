/**
 * Whole clusters in the simulation: nodes, clients, faults, and what must hold afterwards.
 *
 * <p>A {@code ...Run} is one seed: it draws a shape, has clients call, causes faults, and reports
 * whether each promise was kept. A {@code ...SimulationTest} goes through many seeds.
 *
 * <p>The nodes are in the room {@code cluster}, their callers in {@code callers}, what happens to
 * them in {@code faults}, and what judges a run in {@code checks}.
 * Runs whose subject is load are in {@code load}.
 *
 * <p>All of a run is on one thread and is the same again for the same seed.
 */
package io.coterie.consistency.simulated;
