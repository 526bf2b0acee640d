package io.coterie.replication.internal.membership;

import io.coterie.rpc.node.NodeId;

/**
 * Who a member is: its name and the incarnation of its records. A name alone is not enough: who has
 * lost its records has lost its promises, too.
 *
 * @param incarnation the random number that was drawn with the first record; never 0
 */
public record MemberId(NodeId node, long incarnation) {
    public MemberId {
        if (incarnation == 0) {
            throw new IllegalArgumentException("member " + node + " has no incarnation");
        }
    }

    @Override
    public String toString() {
        return node + "#" + Long.toHexString(incarnation);
    }
}
