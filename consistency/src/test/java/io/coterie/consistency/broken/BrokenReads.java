package io.coterie.consistency.broken;

import io.coterie.consistency.Completion;
import io.coterie.consistency.Operation;
import io.coterie.consistency.Result;
import io.coterie.consistency.internal.register.RegisterState;
import io.coterie.consistency.internal.rules.ConsensusRules;
import io.coterie.consistency.internal.strong.StrongStore;
import io.coterie.consistency.simulated.cluster.SimulatedCluster;
import io.coterie.consistency.simulated.cluster.WrappedStore;
import io.coterie.replication.spi.Voters;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Coordinators of reads, each of which breaks one rule. */
public final class BrokenReads {
    private BrokenReads() {}

    private static SimulatedCluster.Variant rules(Supplier<ConsensusRules> rules) {
        return SimulatedCluster.Variant.CORRECT.withRules(context -> rules.get());
    }

    /** A read believes the highest ballot that it sees, though only a minority may have it. */
    static SimulatedCluster.Variant withoutWriteBack() {
        return rules(() -> new ConsensusRules() {
            @Override
            public boolean mustWriteBack(byte @Nullable [] state) {
                return false;
            }
        });
    }

    /** A read believes the first replica that answers, which at a replica is itself. */
    public static SimulatedCluster.Variant ofOneReplica() {
        return rules(() -> new ConsensusRules() {
            @Override
            public boolean isRead(Voters voters, long replicas) {
                return replicas != 0;
            }
        });
    }

    /** That a key is absent is believed although only a minority may have the delete. */
    static SimulatedCluster.Variant tombstoneTakenForAbsence() {
        return rules(() -> new ConsensusRules() {
            @Override
            public boolean mustWriteBack(byte @Nullable [] state) {
                return RegisterState.decode(state).value() != null;
            }
        });
    }

    /** What a node has seen last of a key is answered without asking, each second time. */
    public static SimulatedCluster.Variant ofWhatWasSeenLast() {
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new WrappedStore(new StrongStore(context)) {
            private final Map<Integer, Result> seen = new HashMap<>();

            @Override
            public void execute(byte[] key, Operation operation, long deadlineNanos, Completion completion) {
                Result known = operation instanceof Operation.Get ? seen.remove(Arrays.hashCode(key)) : null;
                if (known != null) {
                    completion.complete(known);
                    return;
                }
                super.execute(key, operation, deadlineNanos, new Completion() {
                    @Override
                    public void complete(Result result) {
                        if (operation instanceof Operation.Get) {
                            seen.put(Arrays.hashCode(key), result);
                        }
                        completion.complete(result);
                    }

                    @Override
                    public void fail(Throwable error) {
                        completion.fail(error);
                    }
                });
            }
        });
    }

    /**
     * A comparison that found another value returns the one that the comparison before it at this
     * node found.
     */
    static SimulatedCluster.Variant exchangeOfWhatWasFoundLast() {
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new WrappedStore(new StrongStore(context)) {
            private final Map<Integer, Result> found = new HashMap<>();

            @Override
            public void execute(byte[] key, Operation operation, long deadlineNanos, Completion completion) {
                super.execute(key, operation, deadlineNanos, new Completion() {
                    @Override
                    public void complete(Result result) {
                        boolean refused = operation instanceof Operation.CompareAndSet && !result.applied();
                        Result before = refused ? found.put(Arrays.hashCode(key), result) : null;
                        completion.complete(before == null ? result : before);
                    }

                    @Override
                    public void fail(Throwable error) {
                        completion.fail(error);
                    }
                });
            }
        });
    }
}
