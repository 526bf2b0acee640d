package io.coterie.consistency;

import io.coterie.replication.Ballot;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Coordinators of reads, each of which breaks one rule. */
final class BrokenReads {
    private interface Rounds {
        Round create(StrongStore store, StrongKey key, Batch batch);
    }

    private BrokenReads() {}

    private static SimulatedCluster.Variant rounds(Rounds rounds) {
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new StrongStore(context) {
            @Override
            Round newReadRound(StrongKey key, Batch batch) {
                return rounds.create(this, key, batch);
            }
        });
    }

    /** A read believes the highest ballot that it sees, though only a minority may have it. */
    static SimulatedCluster.Variant withoutWriteBack() {
        return rounds((store, key, batch) -> new ReadRound(store, key, batch) {
            @Override
            void disagreed(Ballot highest, byte @Nullable [] state) {
                answer(state);
            }
        });
    }

    /** A read believes the first replica that answers, which at a replica is itself. */
    static SimulatedCluster.Variant ofOneReplica() {
        return rounds((store, key, batch) -> new ReadRound(store, key, batch) {
            @Override
            int answersNeeded() {
                return 1;
            }
        });
    }

    /** That a key is absent is believed although only a minority may have the delete. */
    static SimulatedCluster.Variant tombstoneTakenForAbsence() {
        return rounds((store, key, batch) -> new ReadRound(store, key, batch) {
            @Override
            void disagreed(Ballot highest, byte @Nullable [] state) {
                if (RegisterState.decode(state).value() == null) {
                    answer(state);
                } else {
                    super.disagreed(highest, state);
                }
            }
        });
    }

    /** What a node has seen last of a key is answered without asking, each second time. */
    static SimulatedCluster.Variant ofWhatWasSeenLast() {
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new StrongStore(context) {
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

    /** A comparison that found another value tells the one that the comparison before it at this node found. */
    static SimulatedCluster.Variant exchangeOfWhatWasFoundLast() {
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new StrongStore(context) {
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
