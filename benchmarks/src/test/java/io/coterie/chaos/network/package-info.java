/**
 * A network with faults between processes on one machine. A {@link FaultNetwork} has a {@link
 * FaultProxy} from each node to each replica. A proxy passes the bytes of its connections through
 * one {@link Gate} in each direction, which can be shut or slowed.
 *
 * <p>The proxies need no rights and work on loopback. News of a closed connection passes the gates
 * as bytes do, so that a node behind a shut gate keeps a half-open connection.
 *
 * <p><b>Words.</b> The <i>forward</i> gate of a proxy is the one from the node that dials to the
 * replica that is dialed; the other one is the <i>backward</i> gate. A cut shuts gates, and a reset
 * ends connections.
 *
 * <p><b>Threads.</b> Any thread may change a gate. Each connection has two threads of its own.
 *
 * <p><b>Who may call.</b> {@code cluster} and {@code faults}, and the tests of {@code
 * io.coterie.chaos}. Nothing here knows a replica or a store.
 */
package io.coterie.chaos.network;
