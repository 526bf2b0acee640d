package io.coterie.replication.internal.replica;

import io.coterie.replication.ReplicaState;
import io.coterie.replication.internal.rules.AcceptorRules;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.tables.ReplicaTables;
import io.coterie.replication.internal.wire.RegisterMethod;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether a replica may vote, and why not. {@link Registration} decides it, except for a failure of
 * the storage.
 *
 * <p>Only to be used on the replica's loop.
 */
final class VotingRight {
    private static final String AGAIN =
            "it has just started, and votes once a majority, itself included, knows of this start: start the other replicas if"
                    + " they are not running";

    private static final String NEW =
            "it is new, and votes once most of the other replicas know it: start them if they are not running";

    private static final String UNCONFIGURED =
            "it votes once all replicas have founded the cluster together: start the others if they are not running";

    private final ReplicaTables tables;
    private final JournalEntries entries;
    private final DurableAnswers answers;
    private ReplicaState state = ReplicaState.REGISTERING;
    private @Nullable String problem;
    private boolean configured;

    /** Null until enough others know this start. */
    private @Nullable Runnable granted;

    private Consumer<ReplicaState> listener = newState -> {};

    /** @param tables as read back from the journal */
    VotingRight(ReplicaTables tables, JournalEntries entries, DurableAnswers answers) {
        this.tables = tables;
        this.entries = entries;
        this.answers = answers;
        this.problem = tables.voting ? AGAIN : NEW;
    }

    ReplicaState state() {
        return state;
    }

    /** Why the replica does not vote, as a human-readable text; null while it does. */
    @Nullable
    String problem() {
        return problem;
    }

    /** Runs the listener at each change of the state or the problem. */
    void onChange(Consumer<ReplicaState> newListener) {
        listener = newListener;
    }

    /** Whether the replica has voted before, in an earlier start or in this one. */
    boolean hasVoted() {
        return tables.voting;
    }

    /** Whether the replica answers for registers. */
    boolean votes() {
        return AcceptorRules.votes(state);
    }

    /** What the replica's memory of others is worth to them. */
    RegisterMethod.Witness witness() {
        return AcceptorRules.witness(state, tables.voting);
    }

    /**
     * Enough others know this start: the replica may vote, once a configuration names it and that
     * is durable in its journal.
     *
     * @param done runs when it votes
     */
    void grant(Runnable done) {
        granted = done;
        if (!configured) {
            waitFor(UNCONFIGURED);
        }
        voteIfReady();
    }

    /** A configuration that names this replica is durable in its journal. */
    void configure() {
        configured = true;
        voteIfReady();
    }

    private void voteIfReady() {
        Runnable done = granted;
        if (done == null || !configured) {
            return;
        }
        Runnable vote = () -> {
            if (state == ReplicaState.REGISTERING) {
                tables.voting = true;
                change(ReplicaState.VOTING, null);
                done.run();
            }
        };
        if (tables.voting) {
            vote.run();
        } else {
            answers.whenDurable(answers.append(entries::voting), vote);
        }
    }

    /** Another replica remembers an incarnation or a start of this one that this one does not. */
    void loseMemory(String reason) {
        if (state == ReplicaState.REGISTERING || state == ReplicaState.VOTING) {
            change(ReplicaState.AMNESIAC, reason);
        }
    }

    /** The replica is no member: it does not vote until a configuration names it. */
    void retire(String reason) {
        configured = false;
        if (state == ReplicaState.REGISTERING || state == ReplicaState.VOTING) {
            change(ReplicaState.REGISTERING, reason);
        }
    }

    /** It is a member again, with new records: it registers as a new replica does. */
    void beginAgain() {
        if (state == ReplicaState.AMNESIAC) {
            granted = null;
            change(ReplicaState.REGISTERING, NEW);
        }
    }

    /** The replica does not vote yet, for this reason. */
    void waitFor(String reason) {
        if (state == ReplicaState.REGISTERING) {
            change(state, reason);
        }
    }

    /** The storage failed. */
    void fail(String reason) {
        change(ReplicaState.FAILED, reason);
    }

    private void change(ReplicaState newState, @Nullable String reason) {
        state = newState;
        problem = reason;
        listener.accept(newState);
    }
}
