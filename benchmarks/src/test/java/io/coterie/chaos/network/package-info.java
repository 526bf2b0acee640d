/**
 * A network with faults between processes on one machine. A {@link FaultNetwork} has a {@link
 * FaultProxy} from each node to each replica. A proxy passes the bytes of its connections through
 * one {@link Gate} in each direction, which can be shut or slowed.
 *
 * <p>The proxies need no rights and work on loopback. News of a closed connection passes the gates
 * as bytes do, so that a node behind a shut gate keeps a half-open connection.
 *
 * <p><b>Threads.</b> Any thread may change a gate. Each connection has two threads of its own.
 */
package io.coterie.chaos.network;
