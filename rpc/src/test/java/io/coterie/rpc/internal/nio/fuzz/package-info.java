/**
 * Attacks with bytes that are nearly valid. {@code FuzzTest} attacks a {@code FuzzTarget} over TCP,
 * {@code InMemoryFuzzTest} attacks the readers of bytes without sockets.
 *
 * <p>A {@code Campaign} draws the inputs from seeds, {@code Mutator} makes them out of valid bytes,
 * and {@code Attacker} is one end of a connection that sends anything. A {@code GoodCaller} calls
 * the node all the while, and no answer to it may change. {@code ErrorLog} shows what the node logs.
 *
 * <p>Attacks on handshakes and on frames need what those rooms hide: they are in {@code handshake}
 * and {@code connection}.
 */
package io.coterie.rpc.internal.nio.fuzz;
