package io.coterie.consistency;

import io.coterie.replication.AcceptAnswer;
import io.coterie.replication.Ballot;
import io.coterie.rpc.NodeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Coordinators of changes, each of which breaks one rule. */
final class BrokenWrites {
    private interface Rounds {
        Round create(StrongStore store, StrongKey key, Batch batch);
    }

    private BrokenWrites() {}

    private static SimulatedCluster.Variant rounds(Rounds rounds) {
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new StrongStore(context) {
            @Override
            Round newWriteRound(StrongKey key, Batch batch) {
                return rounds.create(this, key, batch);
            }
        });
    }

    /** Two coordinators may both believe that they have shut out all others. */
    static SimulatedCluster.Variant promisesOfLessThanAMajority() {
        return rounds((store, key, batch) -> new WriteRound(store, key, batch) {
            @Override
            int promisesNeeded() {
                return majority - 1;
            }
        });
    }

    /** A change that a minority has may be overlooked by the next. */
    static SimulatedCluster.Variant acceptancesOfLessThanAMajority() {
        return rounds((store, key, batch) -> new WriteRound(store, key, batch) {
            @Override
            int acceptancesNeeded() {
                return majority - 1;
            }
        });
    }

    /** The state to go on from is the one that was told last. */
    static SimulatedCluster.Variant anyAcceptedStateTaken() {
        return rounds((store, key, batch) -> new WriteRound(store, key, batch) {
            @Override
            boolean isNewer(Ballot accepted, Ballot than) {
                return !accepted.equals(Ballot.NONE);
            }
        });
    }

    /** The state to go on from is that of the lowest ballot. */
    static SimulatedCluster.Variant lowestAcceptedStateTaken() {
        return rounds((store, key, batch) -> new WriteRound(store, key, batch) {
            @Override
            boolean isNewer(Ballot accepted, Ballot than) {
                return than.equals(Ballot.NONE) ? accepted.isAbove(than) : than.isAbove(accepted);
            }
        });
    }

    /** Each ballot is used for two states. */
    static SimulatedCluster.Variant ballotUsedTwice() {
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new StrongStore(context) {
            private @Nullable Ballot before;

            @Override
            Ballot nextBallot() {
                Ballot next = before != null ? before : super.nextBallot();
                before = before != null ? null : next;
                return next;
            }
        });
    }

    /** A ballot is proposed with that nobody was asked to promise. */
    static SimulatedCluster.Variant proposalWithoutPrepare() {
        return rounds((store, key, batch) -> new WriteRound(store, key, batch) {
            @Override
            void start() {
                Held held = key.takeHeld();
                if (held != null) {
                    key.hold(store.nextBallot(), held.state());
                }
                super.start();
            }

            @Override
            boolean isPromised(Ballot next, AcceptAnswer answer) {
                return true;
            }
        });
    }

    /** A refusal, or anything else that changes nothing, is answered from a state that is perhaps not chosen. */
    static SimulatedCluster.Variant refusalWithoutAccept() {
        return rounds((store, key, batch) -> new WriteRound(store, key, batch) {
            @Override
            void propose(Ballot ballot, Batch.Attempt attempt) {
                if (attempt.state().equals(attempt.before())) {
                    finish(attempt);
                } else {
                    super.propose(ballot, attempt);
                }
            }
        });
    }

    /** Operations of that kind are applied again when they are tried again, though the state that they meet may contain them. */
    static SimulatedCluster.Variant appliedTwice(Class<? extends Operation> kind) {
        return rounds((store, key, batch) -> new WriteRound(store, key, batch) {
            @Override
            RegisterState learned(byte @Nullable [] state, Ballot floor) {
                RegisterState learned = super.learned(state, floor);
                boolean forgets = batch.operations().stream().anyMatch(pending -> kind.isInstance(pending.operation));
                return forgets ? withoutOutcomeOf(replication().writer(), learned) : learned;
            }
        });
    }

    /** A state remembers the last batch alone, and no horizon tells that others were forgotten. */
    static SimulatedCluster.Variant outcomesForgotten() {
        return rounds((store, key, batch) -> new WriteRound(store, key, batch) {
            @Override
            RegisterState learned(byte @Nullable [] state, Ballot floor) {
                RegisterState learned = super.learned(state, floor);
                List<BatchOutcome> last = learned.outcomes()
                        .subList(0, Math.min(1, learned.outcomes().size()));
                return RegisterState.of(learned.value(), learned.version(), learned.parent(), 0, last);
            }
        });
    }

    /** A batch that met a higher promise is taken for one that nobody has, and begun anew. */
    static SimulatedCluster.Variant conflictTakenForFailure() {
        return rounds((store, key, batch) -> new WriteRound(store, key, batch) {
            @Override
            void again() {
                batch.takeBack();
                super.again();
            }
        });
    }

    /** A home's refusal of what functions made is believed as soon as a promise tells of it, though it may never be chosen. */
    static SimulatedCluster.Variant refusalElsewhereBelievedAtOnce() {
        return rounds((store, key, batch) -> new WriteRound(store, key, batch) {
            @Override
            @Nullable
            BatchOutcome appliedBefore(RegisterState state) {
                BatchOutcome known = super.appliedBefore(state);
                if (known != null
                        && known.attempt() == BatchOutcome.BY_ANOTHER
                        && batch.appliedByAnother(known.results(), state) == null) {
                    batch.takeBack();
                    return null;
                }
                return known;
            }
        });
    }

    /** All operations of a batch are answered, and the change of one of them is missing. */
    static SimulatedCluster.Variant batchAppliedInPart() {
        return rounds((store, key, batch) -> new WriteRound(store, key, batch) {
            @Override
            void propose(Ballot ballot, Batch.Attempt attempt) {
                boolean many = batch.operations().size() > 1;
                super.propose(ballot, many ? withoutLastChange(attempt) : attempt);
            }
        });
    }

    /** All batches of a node have one stamp: each after the first is found to be applied already. */
    static SimulatedCluster.Variant stampsThatDoNotRise() {
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new StrongStore(context) {
            private long first;

            @Override
            long nextStamp() {
                first = first == 0 ? super.nextStamp() : first;
                return first;
            }
        });
    }

    /** An operation whose time is over counts as not done, also when it was sent to replicas. */
    static SimulatedCluster.Variant unknownToldAsFailed() {
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new StrongStore(context) {
            @Override
            RuntimeException unfinished(StrongOperation operation, String why, Map<NodeId, String> said) {
                operation.maybeApplied = false;
                return super.unfinished(operation, why, said);
            }
        });
    }

    /** What the home of a key was sent and did not answer is begun anew, though the home may have done it. */
    static SimulatedCluster.Variant forwardedTwice() {
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new StrongStore(context) {
            @Override
            Round newForwarding(StrongKey key, Batch batch) {
                NodeId home = homes().of(key);
                return home == null
                        ? newWriteRound(key, batch)
                        : new Forwarding(this, key, batch, home) {
                            @Override
                            void silent() {
                                batch.takeBack();
                                super.silent();
                            }
                        };
            }
        });
    }

    /** Ballots of two nodes may be equal: they have no part that tells the nodes apart. */
    static SimulatedCluster.Variant ballotsWithoutProposer() {
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new StrongStore(context) {
            @Override
            Ballot nextBallot() {
                return new Ballot(super.nextBallot().counter() >>> 20 << 20, 1);
            }
        });
    }

    /** The first ballot of a restarted node is one that its former life may have proposed something with. */
    static SimulatedCluster.Variant ballotReusedAfterRestart() {
        Map<NodeId, Ballot> proposed = new HashMap<>();
        return SimulatedCluster.Variant.CORRECT.withoutRules().withStore(context -> new StrongStore(context) {
            private @Nullable Ballot reused = proposed.get(context.replication().self());
            private Ballot latest = Ballot.NONE;

            @Override
            Ballot nextBallot() {
                Ballot next = reused != null ? reused : super.nextBallot();
                reused = null;
                proposed.put(context.replication().self(), latest);
                latest = next;
                return next;
            }
        });
    }

    private static RegisterState withoutOutcomeOf(long origin, RegisterState state) {
        List<BatchOutcome> others = state.outcomes().stream()
                .filter(outcome -> outcome.origin() != origin)
                .toList();
        return RegisterState.of(state.value(), state.version(), state.parent(), state.horizon(), others);
    }

    private static Batch.Attempt withoutLastChange(Batch.Attempt attempt) {
        RegisterState after = attempt.state();
        RegisterState changed = RegisterState.of(
                attempt.before().value(), after.version(), after.parent(), after.horizon(), after.outcomes());
        return new Batch.Attempt(attempt.before(), changed, attempt.recordsOwn(), attempt.results(), attempt.thrown());
    }
}
