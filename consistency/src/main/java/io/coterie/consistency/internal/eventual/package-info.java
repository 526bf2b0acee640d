/**
 * Eventual stores: any one replica is enough to read and to write, or as many as a user asks for,
 * and the last write stays.
 *
 * <p>A write goes to all replicas with a timestamp of the node's hybrid clock, and is acknowledged
 * by a write quorum: one, by default. A read takes the newest of a read quorum, and repairs
 * replicas that show an older value. Of two values of a key the one with the higher timestamp
 * stays, on each replica and in whatever order they come, so that replicas come to agree.
 *
 * <p>Words of this room:
 * <ul>
 *     <li>A <em>timestamp</em> is a reading of the hybrid clock, with the start of the process that
 *         wrote the value.
 *     <li>A <em>versioned value</em> is a value with its timestamp.
 *     <li>To <em>merge</em> is to keep the value with the higher timestamp.
 *     <li>A <em>read repair</em> sends the newest value to replicas that have an older one.
 * </ul>
 *
 * <p>Threading: the loop of the node alone.
 *
 * <p>Callers: {@link io.coterie.consistency.Consistency#eventual()} names the policy, which opens
 * the stores.
 *
 * <p>Source: the last writer wins in Johnson, Thomas, The Maintenance of Duplicate Databases, RFC
 * 677, 1975; timestamps are those of Kulkarni and others, Logical Physical Clocks, 2014.
 */
package io.coterie.consistency.internal.eventual;
