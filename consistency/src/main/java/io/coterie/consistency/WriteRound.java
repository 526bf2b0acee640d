package io.coterie.consistency;

import io.coterie.replication.AcceptAnswer;
import io.coterie.replication.Ballot;
import io.coterie.replication.Gathering;
import io.coterie.replication.OutcomeUnknownException;
import io.coterie.replication.PrepareAnswer;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.OverloadedException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Applies a batch to one key: the proposer (Rystsov, CASPaxos, 2018, section 2.2). {@code prepare} learns the state and has
 * lower ballots shut out, {@code accept} has the changed state taken by a majority. What is held from the last round spares
 * the {@code prepare}.
 *
 * <p>After a conflict it starts over with a higher ballot. The batch may be part of the state that it then finds: it is
 * recognised by its origin and stamp, and the attempt recorded there tells its results. What is refused, or unchanged, goes through
 * {@code accept} too: only then the state that it rests on is known to be chosen.
 */
class WriteRound extends Round {
    WriteRound(StrongStore store, StrongKey key, Batch batch) {
        super(store, key, batch);
    }

    @Override
    void start() {
        Held held = key.takeHeld();
        if (held != null) {
            enterPhase();
            propose(held.ballot(), held.state());
        } else {
            prepare();
        }
    }

    /** Which attempt to apply the batch is part of the state's past, or null if none is. */
    @Nullable
    Integer appliedBefore(RegisterState state) {
        return batch.isProposed() ? state.attemptOf(replication().writer(), batch.stamp) : null;
    }

    private void prepare() {
        int phase = enterPhase();
        Ballot ballot = store.nextBallot();
        ask(phase, () -> replication().prepare(key.key, ballot, deadline(), new Promises(phase, ballot)));
    }

    private void propose(Ballot ballot, RegisterState state) {
        Integer attempt = appliedBefore(state);
        if (attempt != null) {
            accept(ballot, state, batch.attempt(attempt));
        } else if (batch.isProposed() && batch.stamp <= state.horizon()) {
            giveUp("met so many others that its outcome was forgotten");
        } else {
            apply(ballot, state);
        }
    }

    private void apply(Ballot ballot, RegisterState state) {
        batch.dropEnded();
        if (!batch.isProposed()) {
            replication().ballotClock().observe(state.horizon());
            batch.stamp = replication().ballotClock().next();
        }
        if (batch.hasUserCode()) {
            runUserCode(ballot, state);
        } else {
            propose(ballot, state, batch.applyTo(state.value()));
        }
    }

    private void runUserCode(Ballot ballot, RegisterState state) {
        int phase = enterPhase();
        try {
            store.runUserCode(() -> {
                Batch.Applied attempt = batch.applyTo(state.value());
                replication().world().scheduler().execute(() -> {
                    if (isCurrent(phase) && batch.hasEnded() && !batch.isProposed()) {
                        apply(ballot, state);
                    } else if (isCurrent(phase)) {
                        propose(ballot, state, attempt);
                    }
                });
            });
        } catch (RejectedExecutionException e) {
            refuseUserCode(ballot, state);
        }
    }

    /** Those who wait for a function hear at once that it cannot run; the others of the batch go on without them. */
    private void refuseUserCode(Ballot ballot, RegisterState state) {
        if (batch.isProposed()) {
            giveUp("could not be tried again, as the executor takes no more functions");
            return;
        }
        for (StrongOperation operation : batch.operations()) {
            if (operation.operation instanceof Operation.Update) {
                operation.fail(
                        new OverloadedException(
                                store.describe(operation)
                                        + ": the executor takes no more functions; send less at once, or give the node a larger executor"));
            }
        }
        if (batch.isOver()) {
            abandon();
            key.roundOver(this);
        } else {
            apply(ballot, state);
        }
    }

    private void propose(Ballot ballot, RegisterState state, Batch.Applied attempt) {
        RegisterState.Outcome outcome =
                new RegisterState.Outcome(replication().writer(), batch.stamp, batch.attempts());
        batch.propose(attempt);
        accept(ballot, state.after(attempt.value(), outcome), attempt);
    }

    private void accept(Ballot ballot, RegisterState state, Batch.Applied attempt) {
        int phase = enterPhase();
        Ballot next = store.nextBallot();
        byte[] bytes = state.encode(store.scratch());
        ask(
                phase,
                () -> replication()
                        .accept(
                                key.key,
                                ballot,
                                bytes,
                                next,
                                deadline(),
                                new Acknowledgements(phase, next, state, attempt)));
    }

    /** The batch may have been applied, and there is no way to find out. */
    private void giveUp(String why) {
        for (StrongOperation operation : batch.operations()) {
            String what = store.describe(operation) + " " + why;
            operation.fail(
                    operation.maybeApplied
                            ? new OutcomeUnknownException(what, said())
                            : new QuorumUnavailableException(what, said()));
        }
        abandon();
        key.roundOver(this);
    }

    private final class Promises implements Gathering<PrepareAnswer> {
        private final int phase;
        private final Ballot ballot;
        private int granted;
        private Ballot highest = Ballot.NONE;
        private byte @Nullable [] state;
        private Ballot floor = Ballot.NONE;

        Promises(int phase, Ballot ballot) {
            this.phase = phase;
            this.ballot = ballot;
        }

        @Override
        public boolean onAnswer(NodeId replica, PrepareAnswer answer) {
            if (!isCurrent(phase)) {
                return true;
            }
            if (answer.granted()) {
                granted++;
                floor = Ballot.max(floor, answer.floor());
                if (answer.accepted().isAbove(highest)) {
                    highest = answer.accepted();
                    state = answer.state();
                }
            } else {
                conflict(answer.promised(), WriteRound.this::prepare);
            }
            if (granted == majority) {
                majorityAnswered();
                propose(ballot, state == null ? RegisterState.absent(floor.counter()) : RegisterState.decode(state));
            }
            return !isCurrent(phase);
        }
    }

    private final class Acknowledgements implements Gathering<AcceptAnswer> {
        private final int phase;
        private final Ballot next;
        private final RegisterState state;
        private final Batch.Applied attempt;
        private int accepted;
        private int promised;

        Acknowledgements(int phase, Ballot next, RegisterState state, Batch.Applied attempt) {
            this.phase = phase;
            this.next = next;
            this.state = state;
            this.attempt = attempt;
        }

        @Override
        public boolean onAnswer(NodeId replica, AcceptAnswer answer) {
            if (!isCurrent(phase)) {
                return true;
            }
            if (answer.accepted()) {
                accepted++;
                if (answer.promised().equals(next)) {
                    promised++;
                }
            } else {
                conflict(answer.promised(), WriteRound.this::prepare);
            }
            if (accepted == majority) {
                majorityAnswered();
                if (promised == majority) {
                    key.setHeld(new Held(next, state));
                }
                finish(attempt);
            }
            return !isCurrent(phase);
        }
    }
}
