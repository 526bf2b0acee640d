package io.coterie.replication.internal.replica;

import io.coterie.replication.internal.wire.PolicyMethod;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks the claim of a node that a majority of replicas has recorded a store under another policy
 * than this replica. It asks the other replicas, once at a time for each store, and believes them
 * alone.
 *
 * <p>Only to be used on the loop.
 */
final class PolicyDisputes {
    /**
     * How many stores others are asked about at a time: malicious nodes must not make replicas ask
     * without end.
     */
    static final int MAX_DISPUTES = 16;

    /** How many requests wait for the answers about one store. */
    static final int MAX_WAITING = 64;

    private final RpcNode node;
    private final Supplier<Voters> voters;
    private final long attemptNanos;
    private final Map<String, Dispute> disputes = new HashMap<>();

    /**
     * None so far.
     *
     * @param voters the replicas that are asked
     * @param attemptNanos how long to wait for an answer
     */
    PolicyDisputes(RpcNode node, Supplier<Voters> voters, long attemptNanos) {
        this.node = node;
        this.voters = voters;
        this.attemptNanos = attemptNanos;
    }

    /**
     * Asks the others about a store that this replica has recorded under another policy, unless
     * such a question is in flight.
     *
     * @param then called once: with null if a majority of all replicas has recorded the store so,
     *     otherwise with a text of what they answered
     */
    void ask(StoreSpec store, Consumer<@Nullable String> then) {
        Dispute known = disputes.get(store.name());
        if (known != null ? known.claims.size() >= MAX_WAITING : disputes.size() >= MAX_DISPUTES) {
            then.accept("too many nodes dispute policies at once; try again later");
            return;
        }
        Claim claim = new Claim(store.policy(), then);
        if (known != null) {
            known.claims.add(claim);
            return;
        }
        Dispute begun = new Dispute(store.name());
        begun.claims.add(claim);
        disputes.put(store.name(), begun);
        begun.start();
    }

    private record Claim(String policy, Consumer<@Nullable String> then) {}

    /** One question to all others. */
    private final class Dispute implements ReplyHandler<PolicyMethod.Recorded> {
        final List<Claim> claims = new ArrayList<>();
        private final String store;
        private final Voters asked = voters.get();
        private final List<NodeId> others = asked.replicas().stream()
                .filter(replica -> !replica.equals(node.self()))
                .toList();

        /** For each policy a bit for each replica that has recorded it. */
        private final Map<String, Long> recorded = new HashMap<>();

        private int unheard = others.size();
        private boolean over;

        Dispute(String store) {
            this.store = store;
        }

        void start() {
            PolicyMethod.Question question = new PolicyMethod.Question(store);
            for (NodeId other : others) {
                node.loop().send(other, PolicyMethod.METHOD, question, attemptNanos, this);
            }
            decide();
        }

        @Override
        public void onReply(NodeId peer, PolicyMethod.Recorded answer) {
            String policy = answer.policy();
            if (policy != null) {
                recorded.merge(policy, asked.bit(peer), (one, other) -> one | other);
            }
            unheard--;
            decide();
        }

        @Override
        public void onFailure(NodeId peer, RpcException failure) {
            unheard--;
            decide();
        }

        private void decide() {
            if (!over && (unheard == 0 || recorded.values().stream().anyMatch(asked::isQuorum))) {
                over = true;
                disputes.remove(store);
                claims.forEach(claim -> claim.then().accept(verdict(claim.policy())));
            }
        }

        private @Nullable String verdict(String policy) {
            long agreeing = recorded.getOrDefault(policy, 0L);
            return asked.isQuorum(agreeing)
                    ? null
                    : "of the " + others.size() + " other replicas, " + Long.bitCount(agreeing)
                            + " confirmed it when asked, but "
                            + Quorums.majority(asked.replicas().size())
                            + " must confirm it before this replica changes its record";
        }
    }
}
