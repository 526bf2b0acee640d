package io.coterie.consistency.internal.eventual;

import io.coterie.consistency.internal.pending.ConnectionGate;
import io.coterie.replication.internal.node.NodeReplication;

/**
 * The parts that the operations of one eventual store use.
 *
 * @param quorums how many replicas reads and writes need
 * @param gate where operations wait until a replica is connected
 */
record EventualContext(String storeName, NodeReplication replication, EventualQuorums quorums, ConnectionGate gate) {}
