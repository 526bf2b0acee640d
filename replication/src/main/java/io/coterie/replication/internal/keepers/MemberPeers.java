package io.coterie.replication.internal.keepers;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.Member;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.node.HostPort;
import io.coterie.rpc.node.NodeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Has this node dial the members, at their addresses, and take them for replicas.
 *
 * <p>An address in a configuration is a hint. The list that this node was given at its start may be
 * newer than the configuration that it begins with, so its addresses are kept until a configuration
 * changes them.
 *
 * <p>Only to be used on the loop.
 */
final class MemberPeers {
    private final RpcNode node;
    private final Set<NodeId> given;
    private final Map<NodeId, String> addresses;
    private @Nullable Configuration before;

    /**
     * @param given the replicas that this node was given
     * @param addresses where they listen, as far as it was given that, too
     */
    MemberPeers(RpcNode node, List<NodeId> given, Map<NodeId, String> addresses) {
        this.node = node;
        this.addresses = new HashMap<>(addresses);
        this.given = Set.copyOf(given);
    }

    void adopted(Configuration now) {
        Configuration last = before;
        before = now;
        for (Member member : now.members()) {
            NodeId name = member.id().node();
            boolean isNews =
                    last == null ? !given.contains(name) : !member.address().equals(address(last, name));
            if (isNews && !member.address().isEmpty()) {
                addresses.put(name, member.address());
                if (!name.equals(node.self())) {
                    node.loop().setPeer(name, HostPort.parse(member.address()));
                }
            }
        }
        node.loop().setReplicas(names(now));
        if (last != null) {
            names(last).stream()
                    .filter(name -> now.named(name).isEmpty() && !name.equals(node.self()))
                    .forEach(node.loop()::removePeer);
        }
    }

    /** Where this node dials a replica, or listens itself; null where only the transport knows. */
    @Nullable
    String address(NodeId replica) {
        return addresses.get(replica);
    }

    private static Set<NodeId> names(Configuration configuration) {
        return configuration.members().stream()
                .map(member -> member.id().node())
                .collect(Collectors.toSet());
    }

    private static @Nullable String address(Configuration configuration, NodeId name) {
        List<Member> named = configuration.named(name);
        return named.isEmpty() ? null : named.get(named.size() - 1).address();
    }
}
