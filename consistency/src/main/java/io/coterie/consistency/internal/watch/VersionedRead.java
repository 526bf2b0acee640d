package io.coterie.consistency.internal.watch;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.PolicyStore;
import io.coterie.consistency.Result;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.register.UnreadableStates;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.replication.internal.node.NodeReplication;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.QuorumCall;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.ResponseCollector;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Repetition;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a key with its version, at those replicas only that report when it asks: what these have
 * accepted before they answer is found, what they accept afterwards they report. Where they do not
 * agree, an ordinary read has them agree first. Tries until it can.
 */
final class VersionedRead implements ResponseCollector<ReadAnswer> {
    private static final long ATTEMPT_NANOS = Duration.ofSeconds(2).toNanos();

    private static final int MAX_DOUBLINGS = 4;

    private final NodeReplication replication;
    private final ConsensusRules rules;
    private final PolicyStore store;
    private final RecordKey key;
    private final Supplier<Set<NodeId>> reporting;
    private final BooleanSupplier isWanted;
    private final Consumer<RegisterState> then;
    private Set<NodeId> asked = Set.of();
    private Voters voters;
    private final Repetition attempts;
    private int attempt;

    /** Whether the attempt has not got its answers yet. */
    private boolean asking;

    private int inVain;

    /** A bit for each replica. */
    private long answered;

    /** A bit for each replica. */
    private long agreeing;

    private Ballot highest = Ballot.NONE;
    private byte @Nullable [] state;
    private @Nullable UnreadableStates unreadable;
    private int failures;
    private @Nullable QuorumCall call;

    /**
     * A read that has not begun.
     *
     * @param reporting whose answers count, as of when they are asked; a majority at least
     * @param isWanted whether to continue
     * @param then gets the chosen state, {@link RegisterState#ABSENT} if there is none
     */
    VersionedRead(
            NodeReplication replication,
            ConsensusRules rules,
            PolicyStore store,
            RecordKey key,
            Supplier<Set<NodeId>> reporting,
            BooleanSupplier isWanted,
            Consumer<RegisterState> then) {
        this.replication = replication;
        this.rules = rules;
        this.store = store;
        this.key = key;
        this.reporting = reporting;
        this.isWanted = isWanted;
        this.then = then;
        this.voters = replication.voters(key.store());
        this.attempts = new Repetition(replication.world().scheduler(), ATTEMPT_NANOS, this::tryAgain);
    }

    void start() {
        if (!isWanted.getAsBoolean()) {
            return;
        }
        asked = reporting.get();
        voters = replication.voters(key.store());
        answered = 0;
        agreeing = 0;
        highest = Ballot.NONE;
        state = null;
        unreadable = null;
        int number = ++attempt;
        asking = true;
        attempts.in(attemptNanos());
        QuorumCall begun = replication.read(key, deadline(), this);
        if (attempt == number) {
            call = begun;
        } else {
            begun.cancel();
        }
    }

    @Override
    public boolean onAnswer(NodeId replica, ReadAnswer answer) {
        if (!asked.contains(replica) || isAnswered()) {
            return isAnswered();
        }
        byte[] its = answer.state();
        if (its == null || RegisterState.isState(its)) {
            take(replica, answer);
        } else {
            setAside(replica, answer.accepted(), its);
        }
        UnreadableStates aside = unreadable;
        if (aside != null) {
            Map.Entry<NodeId, Ballot> next = aside.next(highest);
            while (next != null && !isAnswered()) {
                take(next.getKey(), new ReadAnswer(next.getValue(), null));
                next = aside.next(highest);
            }
        }
        return isAnswered();
    }

    private boolean isAnswered() {
        return voters.isReadQuorum(answered);
    }

    private void setAside(NodeId replica, Ballot accepted, byte[] its) {
        UnreadableStates aside = unreadable;
        if (aside == null) {
            aside = new UnreadableStates(key);
            unreadable = aside;
        }
        aside.add(replica, accepted, its);
        replication.watches().refused(replica, key.store(), UnreadableStates.OF_SOME_KEY);
    }

    private void take(NodeId replica, ReadAnswer answer) {
        long bit = voters.bit(replica);
        answered |= bit;
        if (answer.accepted().isAbove(highest)) {
            highest = answer.accepted();
            state = answer.state();
            agreeing = bit;
        } else if (answer.accepted().equals(highest)) {
            agreeing |= bit;
        }
        if (isAnswered()) {
            attempt++;
            asking = false;
            attempts.cancel();
            if (rules.isChosenForWatch(voters, agreeing)) {
                then.accept(RegisterState.decode(state));
            } else {
                haveThemAgree();
            }
        }
    }

    @Override
    public void onVotersChanged() {
        if (asking) {
            attempts.guard(this::start);
        }
    }

    @Override
    public void onTooLarge(NodeId replica, String problem) {
        replication.watches().refused(replica, key.store(), problem);
    }

    private void haveThemAgree() {
        store.execute(key.bytes(), new Operation.Get(), deadline(), new Completion() {
            @Override
            public void complete(Result result) {
                failures = 0;
                start();
            }

            @Override
            public void fail(Throwable error) {
                failures++;
                attempts.in(replication
                        .retry()
                        .backoffNanos(failures, replication.world().random()));
            }
        });
    }

    /** The time of an attempt is over, or the pause after one that failed. */
    private void tryAgain() {
        if (asking) {
            inVain = Math.min(inVain + 1, MAX_DOUBLINGS);
            cancel();
        }
        start();
    }

    private void cancel() {
        attempt++;
        QuorumCall current = call;
        if (current != null) {
            current.cancel();
        }
    }

    private long deadline() {
        return replication.world().clock().nanos() + attemptNanos();
    }

    /** Longer each time where what is asked for may still be in flight over a slow link. */
    private long attemptNanos() {
        return replication.reportsLoss() ? ATTEMPT_NANOS << inVain : ATTEMPT_NANOS;
    }
}
