package io.coterie.replication.internal.replica;

import io.coterie.replication.Quorums;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.RegisterMethod;
import io.coterie.replication.internal.wire.RegisterMethod.Witness;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.NotPermittedException;
import io.coterie.rpc.RemoteException;
import io.coterie.rpc.Repetition;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcException;
import io.coterie.rpc.RpcNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a replica that has started to its vote. First it asks the others what they remember of it.
 * Where one remembers another incarnation, or a start that is not in this replica's journal, the
 * replica has lost its memory or is an older copy of it. Then promises are gone that a quorum may
 * rest on, and it must not vote. Only after that it has them remember this start, so that a copy
 * that is found out leaves no trace, and votes once enough of them do. It goes on until all do.
 *
 * <p>A new replica hears, and is remembered by, {@link Quorums#registrars}; it hears more where
 * some of the others have lost their memory. One that has voted before waits for as many as well,
 * but not for long where others do not answer: a majority with itself may be all that is left. With
 * at most as many lost, stale or silent replicas as the cluster tolerates, itself included, it
 * hears one that knows its latest start.
 */
final class Registration implements ReplyHandler<RegisterMethod.Answer> {
    private static final Logger log = LoggerFactory.getLogger(Registration.class);

    /** For how many attempts those that are not heard of are waited for. */
    private static final int PATIENCE_ATTEMPTS = 2;

    private final RpcNode node;
    private final Identity identity;
    private final VotingRight votingRight;
    private final Map<NodeId, Other> others = new LinkedHashMap<>();
    private final RetryPolicy retry;
    private final long attemptNanos;
    private final int registrars;
    private final int othersOfMajority;
    private boolean patient = true;
    private boolean waiting;
    private boolean telling;
    private boolean voting;
    private boolean over;

    /** What is known of another replica. */
    private static final class Other {
        final NodeId id;
        boolean heard;

        /** Whether its memory counts. */
        boolean counts;

        /** Whether it says that it has lost its memory. */
        boolean lost;

        @Nullable
        Remembered remembered;

        /** Whether it remembers this start. */
        boolean told;

        boolean asked;
        int failures;
        String refusal = "";

        Other(NodeId id) {
            this.id = id;
        }
    }

    Registration(RpcNode node, Replica replica, List<NodeId> others, RetryPolicy retry, long attemptNanos) {
        this.node = node;
        this.identity = replica.identity();
        this.votingRight = replica.votingRight();
        this.retry = retry;
        this.attemptNanos = attemptNanos;
        this.registrars = Quorums.registrars(others.size() + 1);
        this.othersOfMajority = Quorums.othersOfMajority(others.size() + 1);
        others.forEach(id -> this.others.put(id, new Other(id)));
    }

    void start() {
        if (others.isEmpty()) {
            vote();
        } else {
            others.values().forEach(this::ask);
        }
    }

    void stop() {
        over = true;
    }

    @Override
    public void onReply(NodeId peer, RegisterMethod.Answer answer) {
        Other other = others.get(peer);
        if (over || other == null) {
            return;
        }
        Remembered remembered = answer.remembered();
        if (remembered != null && !identity.recognises(remembered)) {
            stopVoting(peer, remembered);
            return;
        }
        other.asked = false;
        other.heard = true;
        other.failures = 0;
        other.remembered = remembered;
        other.told = remembered != null && Long.valueOf(identity.start()).equals(remembered.start());
        other.lost = answer.witness() == Witness.AMNESIAC;
        other.counts =
                answer.witness() == Witness.VOTED || (answer.witness() == Witness.NEW && !votingRight.hasVoted());
        decide();
        goOn(other);
    }

    @Override
    public void onFailure(NodeId peer, RpcException failure) {
        Other other = others.get(peer);
        if (over || other == null) {
            return;
        }
        if (failure instanceof RemoteException remote && RefusalKind.of(remote) == RefusalKind.OTHER_REPLICAS) {
            refused(other, "was given other replicas: " + remote.remoteMessage());
        } else if (failure instanceof NotPermittedException) {
            askForList(other, String.valueOf(failure.getMessage()));
        }
        other.asked = false;
        askLater(other);
    }

    private void decide() {
        if (!telling && hasHeardEnough()) {
            telling = true;
            others.values().forEach(this::goOn);
        }
        if (telling && !voting && isRememberedByEnough()) {
            vote();
        }
    }

    /** One that lost its memory remembers what it is told from then on, as any other. */
    private boolean isRememberedByEnough() {
        return votingRight.hasVoted()
                ? count(other -> other.counts && other.told) >= othersOfMajority
                : count(other -> (other.counts || other.lost) && other.told) >= registrars;
    }

    private boolean hasHeardEnough() {
        int counting = count(other -> other.counts);
        if (!votingRight.hasVoted()) {
            return counting >= registrars || isKnownToBeNew(counting);
        }
        if (counting >= registrars || counting < othersOfMajority) {
            return counting >= registrars;
        }
        if (!waiting) {
            waiting = true;
            node.world().scheduler().schedule(PATIENCE_ATTEMPTS * attemptNanos, this::losePatience);
        }
        return !patient || count(other -> other.heard) == others.size();
    }

    /**
     * Whether this replica cannot have voted before, although some of the others have lost their
     * memory. Had it voted, f + 1 of the 2f others would have known it, and f - 1 of those at most
     * could have lost their memory as well as it has. So 2f - 2 at most would not know it, and more
     * than that have been heard.
     */
    private boolean isKnownToBeNew(int counting) {
        int lost = count(other -> other.lost);
        return lost > 0 && counting + lost >= Math.max(registrars, others.size() - 1);
    }

    private void losePatience() {
        patient = false;
        if (!over) {
            decide();
        }
    }

    private int count(Predicate<Other> which) {
        return (int) others.values().stream().filter(which).count();
    }

    /** What is next with one that was heard. */
    private void goOn(Other other) {
        if (!other.heard || other.asked) {
            return;
        }
        if (telling && !other.told) {
            ask(other);
        } else if (!voting && !other.counts) {
            askLater(other);
        }
    }

    private void askLater(Other other) {
        other.failures++;
        long wait = retry.backoffNanos(other.failures, node.world().random());
        new Repetition(node.world().scheduler(), attemptNanos, () -> ask(other), () -> other.asked = false).in(wait);
    }

    private void ask(Other other) {
        boolean done = other.told && (voting || other.counts);
        if (over || other.asked || done) {
            return;
        }
        other.asked = true;
        boolean tells = telling && other.heard && !other.told;
        Remembered known = other.remembered;
        Long replaces = known == null ? null : known.start();
        RegisterMethod.Request request = new RegisterMethod.Request(
                identity.replicas(), identity.incarnation(), replaces, tells ? Long.valueOf(identity.start()) : null);
        node.send(other.id, RegisterMethod.METHOD, request, attemptNanos, this);
    }

    /** One that does not take this node for a replica was most likely given others. */
    private void askForList(Other other, String refusal) {
        node.send(other.id, ReplicaMethods.REPORT, true, attemptNanos, new ReplyHandler<>() {
            @Override
            public void onReply(NodeId peer, ReplicaMethods.Report report) {
                String replicas = identity.replicas();
                if (!over && report.replicas().equals(replicas)) {
                    refused(other, "does not consider it a replica: " + refusal);
                } else if (!over) {
                    String difference = Identity.difference(peer, report.replicas(), node.self(), replicas);
                    refused(other, "was given other replicas: " + difference);
                }
            }

            @Override
            public void onFailure(NodeId peer, RpcException failure) {
                // It will be asked to register again, and will refuse that again.
            }
        });
    }

    /**
     * It is asked again all the same: it may be the one that was started with a wrong list.
     *
     * @param why what that replica was given, or does
     */
    private void refused(Other other, String why) {
        String reason = "replica " + node.self() + " does not vote, because replica " + other.id + " " + why;
        if (!voting && !reason.equals(other.refusal)) {
            other.refusal = reason;
            votingRight.waitFor(reason);
            log.warn(reason);
        }
    }

    private void stopVoting(NodeId peer, Remembered remembered) {
        over = true;
        boolean older = remembered.incarnation() == identity.incarnation();
        String reason = "replica " + node.self()
                + (older
                        ? " has an older copy of its records, and " + peer + " remembers a later start of it"
                        : " has no memory of its earlier life, but " + peer + " remembers it")
                + ": it does not vote, because it may have forgotten promises. Give it back its own latest directory, never a"
                + " copy. If that is lost, leave the replica as it is: the others continue without it."
                + (older ? "" : " If all replicas keep their records in memory, stop and start all of them together");
        votingRight.loseMemory(reason);
        log.error(reason);
    }

    private void vote() {
        voting = true;
        votingRight.grant(() -> log.info("replica {} is registered and votes from now on", node.self()));
    }
}
