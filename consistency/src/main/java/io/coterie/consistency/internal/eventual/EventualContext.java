package io.coterie.consistency.internal.eventual;

import io.coterie.consistency.internal.pending.ConnectionGate;
import io.coterie.replication.internal.node.NodeReplication;

/**
 * What the operations of one eventual store work with.
 *
 * @param gate where operations wait until a replica is connected
 */
record EventualContext(String storeName, NodeReplication replication, ConnectionGate gate) {}
