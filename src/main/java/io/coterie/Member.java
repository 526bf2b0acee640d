package io.coterie;

import io.coterie.rpc.node.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * A member of a cluster, as its configuration has it. Immutable.
 *
 * @param name the name of its node
 * @param incarnation a random number that stands for its records since they were empty. A replica
 *     that has lost its records is another member under the same name
 * @param address where it listens, as host and port; null where only a plugged transport knows
 * @param isLeaving whether it goes when the change that is running is made
 * @param isKeeper whether it is one of the members that choose the next configuration
 */
public record Member(
        NodeId name, long incarnation, @Nullable String address, boolean isLeaving, boolean isKeeper) {
    @Override
    public String toString() {
        return name + (address == null ? "" : " at " + address) + (isLeaving ? ", leaving" : "");
    }
}
