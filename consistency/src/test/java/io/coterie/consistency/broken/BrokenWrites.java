package io.coterie.consistency.broken;

import io.coterie.consistency.Operation;
import io.coterie.consistency.internal.pending.StrongOperation;
import io.coterie.consistency.internal.register.BatchOutcome;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.rules.Batch;
import io.coterie.consistency.internal.rules.CachedPromise;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.replication.clock.BallotClock;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.Quorums;
import io.coterie.replication.spi.Voters;
import io.coterie.rpc.node.NodeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Coordinators of changes, each of which breaks one rule. */
public final class BrokenWrites {
    private BrokenWrites() {}

    private static SimulatedCluster.Variant rules(Supplier<ConsensusRules> rules) {
        return SimulatedCluster.Variant.CORRECT.withRules(context -> rules.get());
    }

    private static boolean isAlmostQuorum(Voters voters, long replicas) {
        return Long.bitCount(replicas) >= Quorums.majority(voters.replicas().size()) - 1;
    }

    /** Two coordinators may both believe that they have shut out all others. */
    static SimulatedCluster.Variant promisesOfLessThanAMajority() {
        return rules(() -> new ConsensusRules() {
            @Override
            public boolean isPromised(Voters voters, long replicas) {
                return isAlmostQuorum(voters, replicas);
            }
        });
    }

    /** A change that a minority has may be overlooked by the next. */
    static SimulatedCluster.Variant acceptancesOfLessThanAMajority() {
        return rules(() -> new ConsensusRules() {
            @Override
            public boolean isAccepted(Voters voters, long replicas) {
                return isAlmostQuorum(voters, replicas);
            }
        });
    }

    /** The state to continue from is the one that was reported last. */
    static SimulatedCluster.Variant anyAcceptedStateTaken() {
        return rules(() -> new ConsensusRules() {
            @Override
            public boolean isNewer(Ballot accepted, Ballot than) {
                return !accepted.equals(Ballot.NONE);
            }
        });
    }

    /** The state to continue from is that of the lowest ballot. */
    static SimulatedCluster.Variant lowestAcceptedStateTaken() {
        return rules(() -> new ConsensusRules() {
            @Override
            public boolean isNewer(Ballot accepted, Ballot than) {
                return than.equals(Ballot.NONE) ? accepted.isAbove(than) : than.isAbove(accepted);
            }
        });
    }

    /** Each ballot is used for two states. */
    static SimulatedCluster.Variant ballotUsedTwice() {
        return rules(() -> new ConsensusRules() {
            private @Nullable Ballot before;

            @Override
            public Ballot nextBallot(BallotClock clock) {
                Ballot next = before != null ? before : super.nextBallot(clock);
                before = before != null ? null : next;
                return next;
            }
        });
    }

    /** A ballot is proposed with that nobody was asked to promise. */
    static SimulatedCluster.Variant proposalWithoutPrepare() {
        return rules(() -> new ConsensusRules() {
            @Override
            public Ballot promisedBallot(CachedPromise cached, BallotClock clock) {
                return nextBallot(clock);
            }

            @Override
            public boolean isPromised(Ballot next, AcceptAnswer answer) {
                return true;
            }
        });
    }

    /**
     * A refusal, or anything else that changes nothing, is answered from a state that is perhaps
     * not chosen.
     */
    static SimulatedCluster.Variant refusalWithoutAccept() {
        return rules(() -> new ConsensusRules() {
            @Override
            public boolean mustBeAccepted(Batch.Attempt attempt) {
                return !attempt.state().equals(attempt.before());
            }
        });
    }

    /**
     * Operations of that kind are applied again when they are tried again, though the state that
     * they meet may contain them.
     */
    static SimulatedCluster.Variant appliedTwice(Class<? extends Operation> kind) {
        return rules(() -> new ConsensusRules() {
            @Override
            public RegisterState learned(Batch batch, byte @Nullable [] state, Ballot floor) {
                RegisterState learned = super.learned(batch, state, floor);
                boolean forgets = batch.operations().stream()
                        .anyMatch(pending -> !pending.isForwarded() && kind.isInstance(pending.operation()));
                return forgets ? withoutOutcomeOf(batch.origin(), learned) : learned;
            }
        });
    }

    /** A state remembers the last batch alone, and no horizon shows that others were forgotten. */
    static SimulatedCluster.Variant outcomesForgotten() {
        return rules(() -> new ConsensusRules() {
            @Override
            public RegisterState learned(Batch batch, byte @Nullable [] state, Ballot floor) {
                RegisterState learned = super.learned(batch, state, floor);
                List<BatchOutcome> last = learned.outcomes()
                        .subList(0, Math.min(1, learned.outcomes().size()));
                return RegisterState.of(learned.value(), learned.version(), learned.parent(), 0, last);
            }
        });
    }

    /** A batch that met a higher promise is taken for one that nobody has, and begun anew. */
    static SimulatedCluster.Variant conflictTakenForFailure() {
        return rules(() -> new ConsensusRules() {
            @Override
            public boolean isUntakenAfterRefusal() {
                return true;
            }
        });
    }

    /**
     * A home's refusal of what functions made is believed as soon as a promise reports it, though
     * it may never be chosen.
     */
    public static SimulatedCluster.Variant refusalElsewhereBelievedAtOnce() {
        return rules(() -> new ConsensusRules() {
            @Override
            @Nullable
            public BatchOutcome appliedBefore(Batch batch, RegisterState state) {
                BatchOutcome known = super.appliedBefore(batch, state);
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
        return rules(() -> new ConsensusRules() {
            @Override
            public Batch.Attempt proposal(Batch batch, Batch.Attempt attempt) {
                return batch.operations().size() > 1 ? withoutLastChange(attempt) : attempt;
            }
        });
    }

    /**
     * All batches of a node have one timestamp: each after the first is found to be applied
     * already.
     */
    static SimulatedCluster.Variant timestampsThatDoNotRise() {
        return rules(() -> new ConsensusRules() {
            private long first;

            @Override
            public long nextTimestamp(BallotClock clock) {
                first = first == 0 ? super.nextTimestamp(clock) : first;
                return first;
            }
        });
    }

    /** An operation whose time is over counts as not done, also when it was sent to replicas. */
    static SimulatedCluster.Variant unknownReportedAsFailed() {
        return rules(() -> new ConsensusRules() {
            @Override
            public boolean mayBeApplied(StrongOperation operation) {
                return false;
            }
        });
    }

    /**
     * What the home of a key was sent and did not answer is begun anew, though the home may have
     * done it.
     */
    static SimulatedCluster.Variant forwardedTwice() {
        return rules(() -> new ConsensusRules() {
            @Override
            public boolean isUntakenAfterSilence() {
                return true;
            }
        });
    }

    /** Ballots of two nodes may be equal: they have no part that distinguishes the nodes. */
    static SimulatedCluster.Variant ballotsWithoutProposer() {
        return rules(() -> new ConsensusRules() {
            @Override
            public Ballot nextBallot(BallotClock clock) {
                return new Ballot(super.nextBallot(clock).counter() >>> 20 << 20, 1);
            }
        });
    }

    /**
     * The first ballot of a restarted node is one that its former life may have proposed something
     * with.
     */
    static SimulatedCluster.Variant ballotReusedAfterRestart() {
        Map<NodeId, Ballot> proposed = new HashMap<>();
        return SimulatedCluster.Variant.CORRECT.withoutRules().withRules(context -> new ConsensusRules() {
            private @Nullable Ballot reused = proposed.get(context.self());
            private Ballot latest = Ballot.NONE;

            @Override
            public Ballot nextBallot(BallotClock clock) {
                Ballot next = reused != null ? reused : super.nextBallot(clock);
                reused = null;
                proposed.put(context.self(), latest);
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
