package io.coterie.replication;

import io.coterie.rpc.NodeId;
import io.coterie.rpc.RemoteException;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcException;
import io.coterie.rpc.RpcNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a replica without a history to its first vote: it tells the others which incarnation it is, and votes once enough
 * of them remember that. One that finds itself remembered as another incarnation has lost its memory, and with it
 * promises that a quorum may rest on; it must not vote.
 */
final class Registration implements ReplyHandler<Long> {
    private static final Logger log = LoggerFactory.getLogger(Registration.class);

    private final RpcNode node;
    private final Replica replica;
    private final List<NodeId> others;
    private final RetryPolicy retry;
    private final long attemptNanos;
    private final int needed;
    private final Set<NodeId> confirmed = new HashSet<>();
    private final Map<NodeId, String> refusals = new HashMap<>();
    private int failures;
    private boolean over;

    Registration(RpcNode node, Replica replica, List<NodeId> others, RetryPolicy retry, long attemptNanos) {
        this.node = node;
        this.replica = replica;
        this.others = others;
        this.retry = retry;
        this.attemptNanos = attemptNanos;
        this.needed = Quorums.registrars(others.size() + 1);
    }

    void start() {
        if (needed == 0) {
            finish();
        } else {
            others.forEach(this::ask);
        }
    }

    void stop() {
        over = true;
    }

    @Override
    public void onReply(NodeId peer, Long remembered) {
        if (over) {
            return;
        }
        if (remembered != replica.identity().incarnation()) {
            over = true;
            String reason =
                    "replica " + node.self() + " has no memory of its earlier life, but " + peer + " remembers it:"
                            + " it does not vote, because it may have forgotten promises. Give it back its directory; if all"
                            + " replicas keep their records in memory, stop and start all of them together";
            replica.becomeAmnesiac(reason);
            log.error(reason);
        } else if (confirmed.add(peer) && confirmed.size() == needed) {
            finish();
        }
    }

    @Override
    public void onFailure(NodeId peer, RpcException failure) {
        if (!over && !confirmed.contains(peer)) {
            if (failure instanceof RemoteException remote
                    && remote.type().equals(ReplicaRefusal.OtherReplicas.class.getName())) {
                refused(peer, remote.remoteMessage());
            }
            failures++;
            long wait = retry.backoffNanos(
                    1 + failures / others.size(), node.world().random());
            node.world().scheduler().schedule(wait, () -> ask(peer));
        }
    }

    /** It is asked again all the same: it may be the one that was started with a wrong list. */
    private void refused(NodeId peer, String problem) {
        String reason = "replica " + node.self() + " does not vote, as replica " + peer + " was given other replicas: "
                + problem;
        if (!reason.equals(refusals.put(peer, reason))) {
            replica.waitsFor(reason);
            log.warn(reason);
        }
    }

    private void ask(NodeId peer) {
        if (!over) {
            Identity identity = replica.identity();
            ReplicaMethods.Register request = new ReplicaMethods.Register(identity.replicas(), identity.incarnation());
            node.send(peer, ReplicaMethods.REGISTER, request, attemptNanos, this);
        }
    }

    private void finish() {
        over = true;
        replica.becomeVoting(() -> log.info("replica {} is registered and votes from now on", node.self()));
    }
}
