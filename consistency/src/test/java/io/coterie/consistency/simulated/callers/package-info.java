/**
 * Callers under faults, whose answers are checked, and the shape of the run that they work in.
 *
 * <p>A {@code SimulatedClient} is the callers of one node: each does one operation after the other
 * on {@code SharedKeys} and records the answers in a history. A {@code RunShape} is drawn from the
 * seed: the length of the run, its cluster and its load. Faults and runs keep to it.
 */
package io.coterie.consistency.simulated.callers;
