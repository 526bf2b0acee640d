package io.coterie.replication.internal.keepers;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.wire.KeeperMethods.Instance;
import io.coterie.replication.internal.wire.KeeperMethods.Promise;
import io.coterie.replication.spi.Quorums;
import io.coterie.rpc.node.NodeId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An instance as its proposer sees it: whom to ask, who is a quorum, and what to propose. */
interface ProposedInstance {
    /** Whom to ask. */
    List<NodeId> keepers();

    /** How a request names the instance to a keeper. */
    Instance to(NodeId keeper);

    /** Whether these promises are enough to propose. */
    boolean isPromised(Map<NodeId, Promise> promises);

    /**
     * Whether a configuration is chosen that these have accepted.
     *
     * @param promises those that were enough to propose it
     */
    boolean isChosen(Set<NodeId> accepted, Map<NodeId, Promise> promises);

    /** What to propose where no keeper has accepted anything; null if it cannot be known yet. */
    @Nullable
    Configuration choice(Map<NodeId, Promise> promises);

    /** The instance that chooses the configuration after a given one. */
    record After(Configuration base, Configuration proposed) implements ProposedInstance {
        @Override
        public List<NodeId> keepers() {
            return base.keepers().stream().map(MemberId::node).toList();
        }

        @Override
        public Instance to(NodeId keeper) {
            long incarnation = base.keepers().stream()
                    .filter(id -> id.node().equals(keeper))
                    .findFirst()
                    .orElseThrow()
                    .incarnation();
            return new Instance(base.epoch(), incarnation, "");
        }

        @Override
        public boolean isPromised(Map<NodeId, Promise> promises) {
            return promises.size() >= Quorums.majority(base.keepers().size());
        }

        @Override
        public boolean isChosen(Set<NodeId> accepted, Map<NodeId, Promise> promises) {
            return accepted.size() >= Quorums.majority(base.keepers().size());
        }

        @Override
        public Configuration choice(Map<NodeId, Promise> promises) {
            return proposed;
        }
    }
}
