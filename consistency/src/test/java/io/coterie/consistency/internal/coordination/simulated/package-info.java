/**
 * Runs of coordination under faults, one for each seed: a crew of workers uses locks, semaphores,
 * elections, latches and counters, and ledgers check what they learn. And the same with one rule
 * broken, which must be caught.
 */
package io.coterie.consistency.internal.coordination.simulated;
