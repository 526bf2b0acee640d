package io.coterie;

import io.coterie.rpc.node.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * A replica that was started with an empty directory, is no member, and waits to become one.
 * Immutable.
 *
 * @param name the name of its node
 * @param address where it listens, as host and port; null where only a plugged transport knows
 */
public record Spare(NodeId name, @Nullable String address) {
    @Override
    public String toString() {
        return name + (address == null ? "" : " at " + address);
    }
}
