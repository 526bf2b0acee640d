package io.coterie.replication.internal.replica;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.replica.Registrars.Registrar;
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
import java.util.List;
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
final class Registration {
    private static final Logger log = LoggerFactory.getLogger(Registration.class);

    /** How many attempts to wait for replicas that do not answer. */
    private static final int PATIENCE_ATTEMPTS = 2;

    /** A newcomer hears of the cluster's configuration meanwhile, and needs no other list. */
    private static final int REFUSALS_BEFORE_WARNING = 3;

    private static final String AGAIN =
            ". It becomes a member again by itself, with the records of the others, while a majority of the members works. If"
                    + " too few are left for that: Give it back its own latest directory, never a copy. If all replicas keep"
                    + " their records in memory, stop and start all of them together";

    private final RpcNode node;
    private final Identity identity;
    private final VotingRight votingRight;
    private final Registrars registrars;
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

    Registration(RpcNode node, Replica replica, List<NodeId> others, RetryPolicy retry, long attemptNanos) {
        this.node = node;
        this.identity = replica.identity();
        this.votingRight = replica.votingRight();
        this.retry = retry;
        this.attemptNanos = attemptNanos;
        this.registrars = new Registrars(others);
    }

    void start() {
        started = true;
        decide();
        registrars.all().forEach(this::ask);
    }

    void stop() {
        over = true;
    }

    /** The members are others now: those that are gone count no more. */
    void change(Configuration adopted) {
        suspended = false;
        registrars.change(adopted, new MemberId(node.self(), identity.incarnation()));
        if (started && !over) {
            decide();
            registrars.all().forEach(this::ask);
        }
    }

    /**
     * This replica is a member again, with new records, after it had lost those before: it
     * registers as a new one.
     */
    void beginAgain() {
        over = false;
        lost = false;
        older = false;
        voting = false;
        registers = false;
        registrars.beginAgain();
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

    private void answered(Registrar other, RegisterMethod.Answer answer) {
        other.asked = false;
        if (over || !registrars.isCurrent(other)) {
            return;
        }
        Remembered remembered = answer.remembered();
        if (remembered != null && !identity.recognises(remembered)) {
            if (identity.isMember() && remembered.incarnation() != identity.incarnation()) {
                // It does not know the configuration yet in which this one takes the place of that.
                askLater(other);
            } else {
                stopVoting(other.id, remembered);
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

    private void failed(Registrar other, RpcException failure) {
        other.asked = false;
        if (over || !registrars.isCurrent(other)) {
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
        askLater(other);
    }

    private void decide() {
        if (!registers && hasHeardEnough()) {
            registers = true;
            registrars.all().forEach(this::proceed);
        }
        if (registers && !voting && registrars.isRememberedByEnough(votingRight.hasVoted())) {
            vote();
        }
    }

    private boolean hasHeardEnough() {
        boolean hasVoted = votingRight.hasVoted();
        if (registrars.hasHeardEnough(hasVoted)) {
            return true;
        }
        if (!registrars.hasHeardAtLeastEnough(hasVoted)) {
            return false;
        }
        if (!waiting) {
            waiting = true;
            node.world().scheduler().schedule(PATIENCE_ATTEMPTS * attemptNanos, this::stopWaiting);
        }
        return !patient || registrars.haveAllAnswered();
    }

    private void stopWaiting() {
        patient = false;
        if (!over) {
            decide();
        }
    }

    /** Takes the next step with a replica that answered. */
    private void proceed(Registrar other) {
        if (!other.heard || other.asked) {
            return;
        }
        if (registers && !other.remembersStart) {
            ask(other);
        } else if (!voting && !other.counts) {
            askLater(other);
        }
    }

    private void askLater(Registrar other) {
        other.failures++;
        long wait = retry.backoffNanos(other.failures, node.world().random());
        new Repetition(node.world().scheduler(), attemptNanos, () -> ask(other), () -> other.asked = false).in(wait);
    }

    private void ask(Registrar other) {
        boolean done = other.remembersStart && (voting || other.counts);
        if (over || suspended || other.asked || done || !registrars.isCurrent(other)) {
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
        node.loop().send(other.id, RegisterMethod.METHOD, request, attemptNanos, new ReplyHandler<>() {
            @Override
            public void onReply(NodeId peer, RegisterMethod.Answer answer) {
                answered(other, answer);
            }

            @Override
            public void onFailure(NodeId peer, RpcException failure) {
                failed(other, failure);
            }
        });
    }

    /**
     * The other replica is asked again nevertheless: it may be the one that was started with a
     * wrong list.
     *
     * @param why what the other replica was given, or does
     */
    private void refused(Registrar other, String why) {
        String reason = "replica " + node.self() + " does not vote, because replica " + other.id + " " + why;
        if (voting || suspended) {
            return;
        }
        if (!reason.equals(other.refusal)) {
            other.refusal = reason;
            other.refusals = 0;
            votingRight.waitFor(reason);
        }
        other.refusals++;
        if (other.refusals == REFUSALS_BEFORE_WARNING) {
            log.warn(reason);
        }
    }

    private void stopVoting(NodeId peer, Remembered remembered) {
        if (remembered.incarnation() == identity.incarnation()) {
            String reason =
                    doesNotVote("has an older copy of its records, and " + peer + " remembers a later start of it")
                            + AGAIN;
            if (stopVoting(reason)) {
                older = true;
                log.warn(reason);
                identity.renew(node.world().random());
            }
        } else {
            lostMemory(peer + " remembers another incarnation of it");
        }
    }

    /** Whether this replica is known to have lost its records, and has new ones. */
    boolean isNew() {
        return lost && !(older && identity.isRenewing());
    }

    /** @param evidence how that is known, as a human-readable text */
    void lostMemory(String evidence) {
        String reason = doesNotVote("has lost its memory, and " + evidence) + AGAIN;
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
