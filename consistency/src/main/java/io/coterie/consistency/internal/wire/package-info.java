/**
 * Messages between the nodes of a strong store, besides those to replicas: their methods, records
 * and codecs.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>A <em>forward request</em> brings a batch to the home of its key. A <em>home answer</em>
 *         is what became of it.
 *     <li>A <em>status query</em> asks a home that has not answered whether it is still at a
 *         batch.
 *     <li>A <em>settling read</em> has a replica read a key for a node that only reads, which may
 *         not finish a change that was left halfway.
 * </ul>
 *
 * <p>The names of methods and the bytes of messages are a contract with nodes of other versions:
 * {@code ForwardLayoutTest} holds them. What is read is checked against bounds, as it may come from
 * a node with a fault.
 *
 * <p>Threading: records do not change; codecs have no state.
 *
 * <p>Callers: rounds, which send these messages, and the services of a home and of a replica, which
 * answer them.
 */
package io.coterie.consistency.internal.wire;
