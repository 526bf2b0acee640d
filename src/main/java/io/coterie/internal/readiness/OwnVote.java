package io.coterie.internal.readiness;

import io.coterie.replication.ReplicaState;
import io.coterie.replication.Replication;
import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.rpc.internal.settings.Durations;
import io.coterie.rpc.spi.Repetition;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;

/**
 * Says once a minute that this node's replica does not vote, what it waits for and what to do, and
 * once that it votes again. A failed replica waits for nothing. Only to be used on the loop.
 */
final class OwnVote {
    private final Replication replication;
    private final BooleanSupplier votesMatter;
    private final BooleanSupplier hasMajority;
    private final Logger log;
    private final Repetition reminders;
    private boolean waiting;
    private boolean warned;
    private boolean closed;
    private long since;

    /**
     * @param votesMatter whether there is a store that needs votes, or may be
     * @param hasMajority whether enough replicas vote; if not, another line says what each waits
     *     for
     */
    OwnVote(Replication replication, BooleanSupplier votesMatter, BooleanSupplier hasMajority, Logger log) {
        this.replication = replication;
        this.votesMatter = votesMatter;
        this.hasMajority = hasMajority;
        this.log = log;
        this.reminders =
                new Repetition(replication.world().scheduler(), MajorityMonitor.REMINDER.toNanos(), this::remindAgain);
    }

    void start() {
        if (replication.localState() != null) {
            look();
            reminders.in(MajorityMonitor.REMINDER.toNanos());
        }
    }

    void close() {
        closed = true;
        reminders.cancel();
    }

    /** Looks whether the replica votes. */
    void look() {
        ReplicaState state = replication.localState();
        boolean waitsNow = state == ReplicaState.REGISTERING || state == ReplicaState.AMNESIAC;
        if (waitsNow && !waiting) {
            since = now();
        } else if (!waitsNow && warned) {
            warned = false;
            if (state == ReplicaState.VOTING) {
                log.info("{}: this replica votes, after {} without a vote", replication.self(), waited(now() - since));
            }
        }
        waiting = waitsNow;
    }

    private void remindAgain() {
        if (closed) {
            return;
        }
        reminders.in(MajorityMonitor.REMINDER.toNanos());
        look();
        if (waiting && isDue()) {
            warned = true;
            log.warn(
                    "{}: this replica has not voted for {}. {}",
                    replication.self(),
                    waited(now() - since),
                    replication.localProblem());
        }
    }

    private boolean isDue() {
        return votesMatter.getAsBoolean() ? hasMajority.getAsBoolean() || isNoMember() : isNoMember();
    }

    /** A replica that is no member serves nobody, whatever its stores need. */
    private boolean isNoMember() {
        Configuration known = NodeReplication.of(replication.loop()).configuration();
        return known != null
                && (known.named(replication.self()).isEmpty() || replication.localState() == ReplicaState.AMNESIAC);
    }

    private long now() {
        return replication.world().clock().nanos();
    }

    /** In whole seconds. */
    static String waited(long nanos) {
        return Durations.text(Duration.ofSeconds(Duration.ofNanos(nanos).toSeconds()));
    }
}
