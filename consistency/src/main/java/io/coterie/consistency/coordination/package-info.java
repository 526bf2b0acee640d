/**
 * Locks, elections, semaphores, latches and counters on a strong store, as objects of a node's
 * loop; the facade gives them faces for callers on other threads.
 */
package io.coterie.consistency.coordination;
