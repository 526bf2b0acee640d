package io.coterie.consistency.coordination;

/**
 * Who has a lease, according to its record. The holder may have lost it by now, or be gone.
 *
 * @param node the name of the holder's node
 * @param token the lease's fencing token
 */
public record LeaseHolder(String node, long token) {}
