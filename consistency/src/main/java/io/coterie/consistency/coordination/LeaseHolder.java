package io.coterie.consistency.coordination;

/**
 * The holder of a lease, according to its record. It may have lost the lease by now, or be gone.
 *
 * @param node the name of the holder's node
 * @param token the lease's fencing token
 */
public record LeaseHolder(String node, long token) {}
