/**
 * The work of a replica beside voting, whoever has opened the stores: it has deleted keys
 * forgotten, gets the copies that it missed, and reads for nodes that only read.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>A <em>tombstone</em> is the state that a delete leaves. It goes once all replicas have
 *         it: until then a replica that was away might bring back an older state.
 *     <li>To <em>settle</em> a key is to have a majority agree on it, by a read that may write
 *         back.
 * </ul>
 *
 * <p>Threading: all services are started by any thread, and live on the loop of the node.
 *
 * <p>Callers: the facade starts them, once for a node that is a replica. This room is exported to
 * it alone.
 */
package io.coterie.consistency.internal.replica;
