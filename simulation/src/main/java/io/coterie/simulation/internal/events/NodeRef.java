package io.coterie.simulation.internal.events;

import io.coterie.rpc.node.NodeId;

/**
 * A node as events and traces name it.
 *
 * @param id its name
 * @param index its place in the order of creation, from 0
 */
public record NodeRef(NodeId id, int index) {
    @Override
    public String toString() {
        return id.name();
    }
}
