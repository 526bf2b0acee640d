package io.coterie.consistency;

import io.coterie.replication.Ballot;
import io.coterie.replication.Journal;
import io.coterie.replication.Storage;
import io.coterie.replication.StorageException;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.World;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Each of these breaks one rule that the protocol's safety rests on. */
final class BrokenVariants {
    /** A read believes the highest ballot that it sees, though only a minority may have it. */
    static final SimulatedCluster.Variant READ_WITHOUT_WRITE_BACK =
            SimulatedCluster.Variant.CORRECT.withStore(context -> new StrongStore(context) {
                @Override
                Round newReadRound(StrongKey key, Batch batch) {
                    return new ReadRound(this, key, batch) {
                        @Override
                        void disagreed(Ballot highest, byte @Nullable [] state) {
                            answer(state);
                        }
                    };
                }
            });

    /** A replica answers before what it answers for is on its disk. */
    static final SimulatedCluster.Variant ACKNOWLEDGEMENT_BEFORE_FORCE =
            SimulatedCluster.Variant.CORRECT.withStorage(start -> new StorageWrapper(SimulatedStorage.of(start)) {
                @Override
                Journal wrap(Journal journal) {
                    return new HastyJournal(journal);
                }
            });

    /** A replica that restarts knows what it accepted, but not which higher ballots it promised. */
    static final SimulatedCluster.Variant PROMISE_FORGOTTEN_AT_RESTART =
            SimulatedCluster.Variant.CORRECT.withStorage(start -> new StorageWrapper(SimulatedStorage.of(start)) {
                @Override
                Consumer<ByteBuffer> wrap(Consumer<ByteBuffer> recovered) {
                    return entry -> withoutPromise(entry, recovered);
                }
            });

    /** A compare-and-set that is tried again is applied again, though the state that it meets may contain it. */
    static final SimulatedCluster.Variant COMPARE_AND_SET_APPLIED_TWICE =
            SimulatedCluster.Variant.CORRECT.withStore(context -> new StrongStore(context) {
                @Override
                Round newWriteRound(StrongKey key, Batch batch) {
                    return new WriteRound(this, key, batch) {
                        @Override
                        @Nullable
                        BatchOutcome appliedBefore(RegisterState state) {
                            boolean forgotten = batch.operations().stream()
                                    .anyMatch(pending -> pending.operation instanceof Operation.CompareAndSet);
                            return forgotten ? null : super.appliedBefore(state);
                        }
                    };
                }
            });

    private BrokenVariants() {}

    /** The first ballot of a restarted node is one that its former life may have proposed something with. */
    static SimulatedCluster.Variant ballotReusedAfterRestart() {
        Map<NodeId, Ballot> proposed = new HashMap<>();
        return SimulatedCluster.Variant.CORRECT.withStore(context -> new StrongStore(context) {
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

    /**
     * The layout of a register's entry is kind, store, length of the key, key, promise, accepted ballot, state; that of a
     * promise alone ends with the promise.
     */
    private static void withoutPromise(ByteBuffer entry, Consumer<ByteBuffer> recovered) {
        int register = 5;
        int promise = 6;
        int kind = entry.get(entry.position());
        if (kind == register) {
            ByteBuffer copy = ByteBuffer.allocate(entry.remaining()).put(entry).flip();
            int promised = 1 + Long.BYTES + Integer.BYTES + copy.getInt(1 + Long.BYTES);
            copy.putLong(promised, copy.getLong(promised + Ballot.BYTES));
            copy.putLong(promised + Long.BYTES, copy.getLong(promised + Ballot.BYTES + Long.BYTES));
            recovered.accept(copy);
        } else if (kind != promise) {
            recovered.accept(entry);
        }
    }

    /** A storage with something changed on the way in or out. */
    private abstract static class StorageWrapper implements Storage {
        private final Storage correct;

        StorageWrapper(Storage correct) {
            this.correct = correct;
        }

        Journal wrap(Journal journal) {
            return journal;
        }

        Consumer<ByteBuffer> wrap(Consumer<ByteBuffer> recovered) {
            return recovered;
        }

        @Override
        public Journal open(
                NodeId self, World world, Consumer<ByteBuffer> recovered, Consumer<StorageException> onFailure) {
            return wrap(correct.open(self, world, wrap(recovered), onFailure));
        }

        @Override
        public boolean survivesRestart() {
            return correct.survivesRestart();
        }
    }

    private record HastyJournal(Journal correct) implements Journal {
        @Override
        public long append(ByteBuffer record) {
            return correct.append(record);
        }

        @Override
        public void whenDurable(long position, Runnable task) {
            Objects.requireNonNull(task).run();
        }

        @Override
        public void close() {
            correct.close();
        }
    }
}
