package io.coterie.replication.internal.keepers;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.replica.ConfigurationRecords;
import io.coterie.replication.internal.wire.KeeperMethods;
import io.coterie.replication.internal.wire.KeeperMethods.Found;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.ReplicaRefusal;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Hands the adopted configuration over to other nodes, and asks them for newer ones. A proposer
 * pushes at once what is chosen. A replica that is asked answers once that is durable in its own
 * journal.
 */
final class ConfigurationExchange {
    /**
     * Most nodes hear of a configuration from its proposer, or when a request is refused. But the
     * proposer may end too soon, and a change of an address alone lets no request be refused.
     */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final RpcNode node;
    private final CurrentConfiguration current;
    private final RetryPolicy retry;
    private final long attemptNanos;
    private final Repetition pushes;
    private final Repetition looks;

    /** The members that have not confirmed yet that they have adopted what this node has. */
    private final Set<NodeId> behind = new LinkedHashSet<>();

    /** The nodes whose answer is awaited. */
    private final Set<NodeId> asked = new HashSet<>();

    /** The replicas that this node was given. */
    private List<NodeId> known = List.of();

    private int failures;

    /** Whose turn it is to be asked. */
    private int turn;

    private boolean over;

    ConfigurationExchange(RpcNode node, CurrentConfiguration current, RetryPolicy retry, long attemptNanos) {
        this.node = node;
        this.current = current;
        this.retry = retry;
        this.attemptNanos = attemptNanos;
        this.pushes = new Repetition(node.world().scheduler(), attemptNanos, this::push);
        this.looks = new Repetition(node.world().scheduler(), LOOK_NANOS, this::look);
    }

    /**
     * Looks now and then whether others have a newer configuration.
     *
     * @param given whom to ask while there is none
     */
    void begin(List<NodeId> given) {
        known = given;
        looks.in(LOOK_NANOS);
    }

    private void look() {
        looks.in(LOOK_NANOS);
        List<NodeId> all = known();
        turn++;
        if (!all.isEmpty()) {
            pull(all.get(turn % all.size()));
        }
    }

    private List<NodeId> known() {
        Configuration adopted = current.now();
        return adopted == null
                ? known
                : adopted.members().stream().map(member -> member.id().node()).toList();
    }

    /** Asks all members for what they have adopted. */
    void pullAll() {
        known().forEach(this::pull);
    }

    /** Serves both methods at a replica. */
    void serve(ConfigurationRecords records) {
        node.serveInline(KeeperMethods.CONFIGURATION, (caller, epoch, answer) -> {
            if (records.hasStorage(answer)) {
                Configuration adopted = current.now();
                boolean isNewer = adopted != null && adopted.epoch() > epoch;
                records.reply(answer, new Found(isNewer ? adopted : null));
            }
        });
        node.serveInline(KeeperMethods.ADOPT, (caller, chosen, answer) -> {
            if (!records.hasStorage(answer)) {
                return;
            }
            if (current.adopt(chosen)) {
                records.reply(answer, current.epoch());
            } else {
                answer.fail(new ReplicaRefusal(
                        RefusalKind.OTHER_EPOCH, "this replica belongs to another cluster of the same name"));
            }
        });
    }

    /** Has all other members adopt what this node has adopted. They are asked until they have. */
    void spread() {
        Configuration adopted = current.now();
        behind.clear();
        if (adopted != null) {
            adopted.members().forEach(member -> behind.add(member.id().node()));
        }
        behind.remove(node.self());
        failures = 0;
        pushes.guard(this::push);
    }

    private void push() {
        Configuration adopted = current.now();
        if (over || adopted == null || behind.isEmpty()) {
            return;
        }
        failures++;
        pushes.in(attemptNanos + retry.backoffNanos(failures, node.world().random()));
        List.copyOf(behind).forEach(this::push);
    }

    /** Has one replica adopt what this node has adopted. */
    void push(NodeId other) {
        Configuration adopted = current.now();
        if (adopted == null || other.equals(node.self())) {
            return;
        }
        node.loop().send(other, KeeperMethods.ADOPT, adopted, attemptNanos, new ReplyHandler<>() {
            @Override
            public void onReply(NodeId peer, Long epoch) {
                if (epoch >= current.epoch()) {
                    behind.remove(peer);
                }
                if (epoch > current.epoch()) {
                    pull(peer);
                }
            }

            @Override
            public void onFailure(NodeId peer, RpcException failure) {
                // It is asked again, and a node that lags asks for itself when it is refused.
            }
        });
    }

    /** Asks nodes for what they have adopted. Whoever does not answer is not asked again. */
    void pull(Collection<NodeId> nodes) {
        nodes.forEach(this::pull);
    }

    /** Asks one node, unless an answer of it is awaited. */
    void pull(NodeId other) {
        if (over || other.equals(node.self()) || !asked.add(other)) {
            return;
        }
        node.loop().send(other, KeeperMethods.CONFIGURATION, current.epoch(), attemptNanos, new ReplyHandler<>() {
            @Override
            public void onReply(NodeId peer, Found found) {
                asked.remove(peer);
                Configuration newer = found.configuration();
                if (!over && newer != null) {
                    current.adopt(newer);
                }
            }

            @Override
            public void onFailure(NodeId peer, RpcException failure) {
                asked.remove(peer);
                // Whoever waits for a configuration asks again.
            }
        });
    }

    void stop() {
        over = true;
        pushes.cancel();
        looks.cancel();
    }
}
