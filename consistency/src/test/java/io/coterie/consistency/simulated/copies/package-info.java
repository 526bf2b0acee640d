/**
 * Runs in which replicas take from one another what they missed.
 *
 * <p>{@code CopyRun} writes under faults, and then asks each replica for its own copies. That all
 * else holds meanwhile is tested here, too.
 */
package io.coterie.consistency.simulated.copies;
