/**
 * Nodes over real sockets under attack, with connections that break, and with two connections that
 * begin at once.
 *
 * <p><b>Fuzzing.</b> {@code FuzzTest} attacks a {@code FuzzTarget} over TCP, {@code
 * InMemoryFuzzTest} attacks the readers of bytes without sockets. A {@code Campaign} draws the
 * inputs from seeds, {@code Mutator} makes them out of valid bytes. A {@code GoodCaller} calls the
 * node all the while, and no answer to it may change.
 *
 * <p><b>Between two nodes.</b> {@code Cable} can be cut, {@code Relay} and {@code TlsRelay} pass on
 * what they read. {@code Attacker} is one end of a connection that sends anything.
 *
 * <p>{@code LogText}, {@code ErrorLog}, {@code Measured} and {@code Holdings} show what a node
 * logs, and what its process holds. Tests of one room of {@code internal.nio} are in that room.
 */
package io.coterie.rpc.internal.nio;
