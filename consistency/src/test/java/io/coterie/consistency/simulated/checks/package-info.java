/**
 * Judges of runs: what they have to know, what contradicts a promise, and the report of that.
 *
 * <p>{@code AcceptLog}, {@code DeliveredStates} and {@code WatchHistory} record what replicas
 * accepted and what listeners got; {@code FailedCalls} enters failures in a history. {@code
 * FailureTexts} finds texts of failures that contradict themselves, and {@code Amounts} finds runs
 * that tested next to nothing. {@code ViolationPages} is the report of a seed that fails.
 *
 * <p>The checkers of histories are in the module of the simulation.
 */
package io.coterie.consistency.simulated.checks;
