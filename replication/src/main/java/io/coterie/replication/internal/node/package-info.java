/**
 * A node's part in replication, put together: its replica, if it is one, and its requests to all
 * replicas.
 *
 * <p>{@code NodeReplication} makes what {@code internal.replica} and {@code internal.quorum}
 * consist of, has the two meet, and hands them on under two types. {@code ReplicationLoop} is for
 * everybody who writes a policy. {@code StoreAdmission}, in {@code internal.budget}, is for the
 * library's own stores and the facade. What only the library's strong policy uses is public here
 * alone: tombstones and watches.
 *
 * <p>The words:
 *
 * <ul>
 *   <li><em>loop</em>: in names of types, what only the node's loop may call
 *   <li><em>own</em>: said of a handler that answers for this node's replica by a direct call,
 *       without a message
 * </ul>
 *
 * <p><em>Threading:</em> all of it runs on the node's loop, except for what {@code Replication}
 * hands on to any thread: names, settings, the state of the replica and reports. {@code
 * Replication} starts and closes it, and waits for the loop meanwhile.
 *
 * <p>The consistency module refers to {@code NodeReplication} by its class, so that calls on the
 * hot path are direct. The package is exported to that module alone.
 */
package io.coterie.replication.internal.node;
