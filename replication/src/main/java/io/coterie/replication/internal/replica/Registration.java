package io.coterie.replication.internal.replica;

import io.coterie.replication.internal.rules.AcceptorRules;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.RegisterMethod;
import io.coterie.replication.internal.wire.RegisterMethod.Witness;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.error.NotPermittedException;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads a replica from its start to its vote. First it asks the others what they remember of the
 * replica. If one remembers another incarnation, or a start that is not in this replica's journal,
 * the replica has lost its records or runs on an older copy. Then promises are lost that a quorum
 * may depend on, and it must not vote. Only after that it registers this start with the others, so
 * that a copy that is detected leaves no trace. The replica votes once enough of them remember the
 * start; registration continues until all do.
 *
 * <p>A new replica must hear, and be remembered by, {@link AcceptorRules#registrars} others; it
 * must hear more if some of them have lost their records. A replica that has voted before waits for
 * as many, but not for long if others do not answer: a majority with itself may be all that is
 * left. If at most as many replicas are lost, stale or silent as the cluster tolerates, itself
 * included, it hears one that knows its latest start.
 */
final class Registration implements ReplyHandler<RegisterMethod.Answer> {
    private static final Logger log = LoggerFactory.getLogger(Registration.class);

    /** How many attempts to wait for replicas that do not answer. */
    private static final int PATIENCE_ATTEMPTS = 2;

    private final RpcNode node;
    private final Identity identity;
    private final VotingRight votingRight;
    private final Map<NodeId, Other> others = new LinkedHashMap<>();
    private final RetryPolicy retry;
    private final long attemptNanos;
    private boolean patient = true;
    private boolean waiting;
    private boolean started;
    private boolean registers;
    private boolean voting;
    private boolean over;

    /** Whether the cluster is founded without this replica: it registers once it is a member. */
    private boolean suspended;

    /** Whether this replica is known to have lost its records, or some of them. */
    private boolean lost;

    /** Whether it runs on an older copy of its records. */
    private boolean older;

    /** The state of another replica, as far as it is known. */
    private static final class Other {
        final NodeId id;
        boolean heard;

        /** Whether its answer counts. */
        boolean counts;

        /** Whether it answered that it has lost its records. */
        boolean lost;

        @Nullable
        Remembered remembered;

        /** Whether it remembers this start. */
        boolean remembersStart;

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
        others.forEach(id -> this.others.put(id, new Other(id)));
    }

    void start() {
        started = true;
        if (others.isEmpty()) {
            vote();
        } else {
            others.values().forEach(this::ask);
        }
    }

    void stop() {
        over = true;
    }

    /**
     * The other replicas are others now: those that are new are asked, and those that are gone
     * count no more.
     */
    void change(List<NodeId> newOthers) {
        suspended = false;
        others.keySet().retainAll(newOthers);
        for (NodeId id : newOthers) {
            others.computeIfAbsent(id, Other::new);
        }
        if (started && !over) {
            decide();
            if (others.isEmpty() && !voting) {
                vote();
            }
            List.copyOf(others.values()).forEach(this::ask);
        }
    }

    /**
     * This replica is a member again, with new records, after it had lost those before: it
     * registers as a new one.
     */
    void beginAgain() {
        over = false;
        lost = false;
        voting = false;
        registers = false;
        others.replaceAll((id, before) -> new Other(id));
        start();
    }

    /** This replica is no member: it asks nobody until the {@linkplain #change others} are known. */
    void suspend() {
        suspended = true;
    }

    /** Whether enough others remember this start. */
    boolean isDone() {
        return voting;
    }

    @Override
    public void onReply(NodeId peer, RegisterMethod.Answer answer) {
        Other other = others.get(peer);
        if (over || other == null) {
            return;
        }
        Remembered remembered = answer.remembered();
        other.asked = false;
        if (remembered != null && !identity.recognises(remembered)) {
            if (identity.isMember() && remembered.incarnation() != identity.incarnation()) {
                // It does not know the configuration yet in which this one takes the place of that.
                askLater(other);
            } else {
                stopVoting(peer, remembered);
            }
            return;
        }
        other.heard = true;
        other.failures = 0;
        other.remembered = remembered;
        other.remembersStart =
                remembered != null && Long.valueOf(identity.start()).equals(remembered.start());
        other.lost = answer.witness() == Witness.AMNESIAC;
        other.counts = AcceptorRules.counts(answer.witness(), votingRight.hasVoted());
        decide();
        proceed(other);
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
            refused(
                    other,
                    "does not consider it a replica. Give both the same list of replicas: this one was given "
                            + identity.replicas() + ". If the lists are the same: " + failure.getMessage());
        }
        other.asked = false;
        askLater(other);
    }

    private void decide() {
        if (!registers && hasHeardEnough()) {
            registers = true;
            others.values().forEach(this::proceed);
        }
        if (registers && !voting && isRememberedByEnough()) {
            vote();
        }
    }

    /** A replica that lost its records remembers a first start from then on, as any other. */
    private boolean isRememberedByEnough() {
        boolean hasVoted = votingRight.hasVoted();
        return count(other -> (other.counts || (other.lost && !hasVoted)) && other.remembersStart)
                >= AcceptorRules.toRemember(replicas(), hasVoted);
    }

    private boolean hasHeardEnough() {
        int counting = count(other -> other.counts);
        if (counting >= AcceptorRules.registrars(replicas())) {
            return true;
        }
        if (!votingRight.hasVoted()) {
            return AcceptorRules.isKnownToBeNew(replicas(), counting, count(other -> other.lost));
        }
        if (counting < AcceptorRules.toRemember(replicas(), true)) {
            return false;
        }
        if (!waiting) {
            waiting = true;
            node.world().scheduler().schedule(PATIENCE_ATTEMPTS * attemptNanos, this::stopWaiting);
        }
        return !patient || count(other -> other.heard) == others.size();
    }

    private void stopWaiting() {
        patient = false;
        if (!over) {
            decide();
        }
    }

    private int replicas() {
        return others.size() + 1;
    }

    private int count(Predicate<Other> which) {
        return (int) others.values().stream().filter(which).count();
    }

    /** Takes the next step with a replica that answered. */
    private void proceed(Other other) {
        if (!other.heard || other.asked) {
            return;
        }
        if (registers && !other.remembersStart) {
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
        boolean done = other.remembersStart && (voting || other.counts);
        if (over || suspended || other.asked || done) {
            return;
        }
        other.asked = true;
        boolean registersStart = registers && other.heard && !other.remembersStart;
        Remembered known = other.remembered;
        Long replaces = known == null ? null : known.start();
        RegisterMethod.Request request = new RegisterMethod.Request(
                identity.replicas(),
                identity.incarnation(),
                replaces,
                registersStart ? Long.valueOf(identity.start()) : null);
        node.loop().send(other.id, RegisterMethod.METHOD, request, attemptNanos, this);
    }

    /**
     * The other replica is asked again nevertheless: it may be the one that was started with a
     * wrong list.
     *
     * @param why what the other replica was given, or does
     */
    private void refused(Other other, String why) {
        String reason = "replica " + node.self() + " does not vote, because replica " + other.id + " " + why;
        if (!voting && !suspended && !reason.equals(other.refusal)) {
            other.refusal = reason;
            votingRight.waitFor(reason);
            log.warn(reason);
        }
    }

    private void stopVoting(NodeId peer, Remembered remembered) {
        if (remembered.incarnation() == identity.incarnation()) {
            older = true;
            String reason =
                    doesNotVote("has an older copy of its records, and " + peer + " remembers a later start of it")
                            + ". Give it back its own latest directory, never a copy. If that is lost, start it with an empty"
                            + " directory: it then becomes a member again by itself, while a majority of the members works";
            if (stopVoting(reason)) {
                log.error(reason);
            }
        } else {
            lostMemory(peer + " remembers another incarnation of it");
        }
    }

    /** Whether this replica is known to have lost all its records, so that it has new ones. */
    boolean isNew() {
        return lost && !older;
    }

    /** @param evidence how that is known, as a human-readable text */
    void lostMemory(String evidence) {
        String reason = doesNotVote("has lost its memory, and " + evidence)
                + ". It becomes a member again by itself, with the records of the others, while a majority of the members"
                + " works. If too few are left for that: Give it back its own latest directory, never a copy. If all"
                + " replicas keep their records in memory, stop and start all of them together";
        if (stopVoting(reason)) {
            log.warn(reason);
        }
    }

    private String doesNotVote(String what) {
        return "replica " + node.self() + " " + what + ": it does not vote, because it may have forgotten promises";
    }

    /** Returns whether that is news. */
    private boolean stopVoting(String reason) {
        if (lost) {
            return false;
        }
        over = true;
        lost = true;
        votingRight.loseMemory(reason);
        return true;
    }

    private void vote() {
        voting = true;
        votingRight.grant(() -> log.info("replica {} is registered and votes from now on", node.self()));
    }
}
