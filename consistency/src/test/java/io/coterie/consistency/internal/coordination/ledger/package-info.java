/**
 * Ledgers: what the holders, participants and counters of a run learned, by true time, and whether
 * that keeps to what is promised. Each contradiction is a violation.
 */
package io.coterie.consistency.internal.coordination.ledger;
