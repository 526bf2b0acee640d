package io.coterie.replication.internal.keepers;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.Member;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.membership.MemberState;
import io.coterie.replication.internal.wire.KeeperMethods;
import io.coterie.replication.internal.wire.KeeperMethods.Instance;
import io.coterie.replication.internal.wire.KeeperMethods.Promise;
import io.coterie.replication.internal.wire.RegisterMethod.Witness;
import io.coterie.replication.spi.Quorums;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The instance that chooses genesis. Its keepers are the names that the replicas were given; their
 * incarnations are not known before.
 *
 * <p>A quorum is all of them, or a majority that has voted before. All, because an empty directory
 * may be a lost one: then one replica that remembers a cluster is enough to keep the others from
 * founding a second. A majority that has voted before is one of a cluster from before there were
 * configurations. It must start although some of its replicas are down, and it knows their
 * incarnations. Any two of these quorums share a replica.
 *
 * @param names the names of all replicas
 * @param addresses where they listen; empty texts where nobody said
 * @param replicas the names as a text to compare
 * @param cluster a random number for the cluster, if this proposal founds it; not 0
 */
record Genesis(List<NodeId> names, Map<NodeId, String> addresses, String replicas, long cluster)
        implements ProposedInstance {
    /** As long as every member keeps everything, all keys are one part. */
    private static final int PARTITIONS = 1;

    @Override
    public List<NodeId> keepers() {
        return names;
    }

    @Override
    public Instance to(NodeId keeper) {
        return new Instance(0, KeeperMethods.ANY_INCARNATION, replicas);
    }

    @Override
    public boolean isPromised(Map<NodeId, Promise> promises) {
        return isQuorum(promises.keySet(), promises);
    }

    @Override
    public boolean isChosen(Set<NodeId> accepted, Map<NodeId, Promise> promises) {
        return isQuorum(accepted, promises);
    }

    private boolean isQuorum(Set<NodeId> those, Map<NodeId, Promise> promises) {
        long voted = those.stream().filter(node -> hasVoted(promises.get(node))).count();
        return those.size() == names.size() || voted >= Quorums.majority(names.size());
    }

    private static boolean hasVoted(@Nullable Promise promise) {
        return promise != null && promise.witness() == Witness.VOTED;
    }

    /**
     * All replicas, each with the incarnation that the others remember, or else with its own. What
     * a replica that has voted remembers goes first: a replica that has lost its records draws a
     * new incarnation, and must not vote under it.
     */
    @Override
    public @Nullable Configuration choice(Map<NodeId, Promise> promises) {
        List<Member> members = new ArrayList<>();
        for (NodeId name : names) {
            MemberId id = remembered(name, promises);
            if (id == null) {
                return null;
            }
            members.add(new Member(id, addresses.getOrDefault(name, ""), "", MemberState.ACTIVE));
        }
        return Configuration.genesis(cluster, members, PARTITIONS);
    }

    private static @Nullable MemberId remembered(NodeId name, Map<NodeId, Promise> promises) {
        Promise own = promises.get(name);
        if (own != null && hasVoted(own)) {
            return new MemberId(name, own.incarnation());
        }
        for (Promise promise : promises.values()) {
            for (MemberId id : promise.remembered()) {
                if (id.node().equals(name) && hasVoted(promise)) {
                    return id;
                }
            }
        }
        return own == null ? null : new MemberId(name, own.incarnation());
    }
}
