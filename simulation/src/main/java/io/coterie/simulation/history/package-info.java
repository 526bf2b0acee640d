/**
 * Records what clients of a store saw, and decides whether a store that does one operation at a
 * time could have answered so.
 *
 * <p>The words:
 *
 * <ul>
 *   <li>{@link io.coterie.simulation.history.Operation}: one request of one client, with the times
 *       of its invocation and return, its {@link io.coterie.simulation.history.Outcome} and result
 *   <li>{@link io.coterie.simulation.history.History}: operations in the order of invocation.
 *       {@link io.coterie.simulation.history.HistoryRecorder} makes one during a run, and a text
 *       keeps one
 *   <li>{@link io.coterie.simulation.history.Model}: what one key does with one operation at a time
 *   <li><em>order</em>: a sequence of a key's operations that respects their times and explains all
 *       answers
 *   <li><em>place</em>: the position that a search has given an operation in that order
 * </ul>
 *
 * <p>Three checkers. {@link io.coterie.simulation.history.LinearizabilityChecker} is the strongest:
 * it searches an order ({@code KeySearch}, helped by {@code Timeline}, {@code Demand}, {@code
 * UnknownMakers} and {@code Visited}) and reduces a contradiction to a few operations ({@code
 * Shrinker}). {@link io.coterie.simulation.history.ExactlyOnceChecker} and {@link
 * io.coterie.simulation.history.DurabilityChecker} add up what is there in the end ({@code
 * KeyLedger}). They check the first one, and say more about the operation that went wrong. {@link
 * io.coterie.simulation.history.HistoryChart} draws the evidence.
 *
 * <p>Values are immutable and checkers keep no state, so any thread may use them. Nothing here
 * knows a simulation: histories of real clusters are checked in the same way.
 *
 * <p>Sources: Herlihy and Wing, Linearizability, 1990; Wing and Gong, Testing and Verifying
 * Concurrent Objects, 1993; Lowe, Testing for Linearizability, 2017.
 */
package io.coterie.simulation.history;
