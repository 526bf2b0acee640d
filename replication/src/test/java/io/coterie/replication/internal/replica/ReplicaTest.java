package io.coterie.replication.internal.replica;

import static io.coterie.replication.internal.wire.Refusals.kindOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.ConfigurationMismatchException;
import io.coterie.replication.ReplicaState;
import io.coterie.replication.TestLoop;
import io.coterie.replication.clock.HlcClock;
import io.coterie.replication.internal.tables.JournalEntries;
import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.RegisterMethod;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.replication.internal.wire.ReplicaMethods;
import io.coterie.replication.spi.AcceptAnswer;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.replication.storage.Journal;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.Responder;
import io.coterie.rpc.error.OverloadedException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Clock;
import io.coterie.rpc.spi.World;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplicaTest {
    private static final NodeId A = NodeId.of("a");
    private static final NodeId B = NodeId.of("b");
    private static final String REPLICAS = "a, b, c";
    private static final StoreSpec STRONG = new StoreSpec("s", "strong");
    private static final StoreSpec EVENTUAL = new StoreSpec("s", "eventual");
    private static final RecordKey KEY = new RecordKey(STRONG.id(), new byte[] {1});
    private static final Ballot BALLOT = new Ballot(5, 1);

    private final Clock clock = new Clock() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public long wallMillis() {
            return 100_000;
        }
    };
    private final ScriptedJournal journal = new ScriptedJournal();
    private final AtomicLong draws = new AtomicLong(7);
    private final Answer<Object> answer = new Answer<>();

    @Test
    void nothingIsAnsweredBeforeItIsDurable() {
        Replica replica = votingReplica();
        replica.registers().accept(A, accept(), answer.as());
        assertNull(answer.reply);
        journal.force();
        assertEquals(new AcceptAnswer(true, BALLOT), answer.reply);
    }

    @Test
    void noReadTellsOfASameBallotBeforeItIsDurable() {
        Replica replica = votingReplica();
        replica.registers().accept(A, accept(), new Answer<>());
        replica.registers().read(A, new ReadMethod.Request(KEY, BALLOT), answer.as());
        assertNull(answer.reply);
        journal.force();
        assertEquals(ReadMethod.Found.AS_KNOWN, answer.reply);
    }

    @Test
    void aChangeThatCannotBeAppendedIsNeverAcknowledged() {
        Replica replica = votingReplica();
        journal.refusesMore = true;
        for (int i = 0; i < 3; i++) {
            Answer<AcceptAnswer> again = new Answer<>();
            replica.registers().accept(A, accept(), again);
            journal.force();
            assertNull(again.reply);
            assertEquals(RefusalKind.NO_STORAGE, kindOf(again.failure));
        }
        assertEquals(ReplicaState.FAILED, replica.votingRight().state());
    }

    @Test
    void nobodyHearsOfAnIdentityBeforeItIsDurable() {
        Replica replica = open();
        List<String> notified = new ArrayList<>();
        replica.whenIdentityIsDurable(() -> notified.add("others"));
        assertTrue(notified.isEmpty());
        journal.force();
        assertEquals(List.of("others"), notified);
    }

    @Test
    void aReplicaWithoutAHistoryDoesNotVote() {
        Replica replica = open();
        replica.stores().open(A, new ReplicaMethods.Open(STRONG, REPLICAS, false), new Answer<>());
        journal.force();
        replica.registers().accept(A, accept(), answer.as());
        assertEquals(RefusalKind.NOT_VOTING, kindOf(answer.failure));
    }

    @Test
    void anotherPolicyIsRefusedUnlessAMajorityRecordedIt() {
        Replica replica = votingReplica();
        replica.stores().open(A, new ReplicaMethods.Open(EVENTUAL, REPLICAS, false), answer.as());
        assertEquals(RefusalKind.OTHER_POLICY, kindOf(answer.failure));
        int before = journal.appended.size();
        replica.stores().checkPolicies((store, then) -> then.accept("they do not"));
        replica.stores().open(A, new ReplicaMethods.Open(EVENTUAL, REPLICAS, true), answer.as());
        assertEquals(RefusalKind.OTHER_POLICY, kindOf(answer.failure));
        assertEquals(before, journal.appended.size());
        replica.stores().checkPolicies((store, then) -> then.accept(null));
        replica.stores().open(A, new ReplicaMethods.Open(EVENTUAL, REPLICAS, true), answer.as());
        journal.force();
        assertEquals(true, answer.reply);
        Answer<AcceptAnswer> strong = new Answer<>();
        replica.registers().accept(A, accept(), strong);
        assertEquals(RefusalKind.UNKNOWN_STORE, kindOf(strong.failure));
    }

    @Test
    void onlyAnOldStoreMayHaveInvisibleCharacters() {
        StoreSpec hidden = new StoreSpec("a\nb", "strong");
        Replica replica = votingReplica();
        replica.stores().open(B, new ReplicaMethods.Open(hidden, REPLICAS, false), answer.as());
        assertEquals(RefusalKind.HIDDEN_CHARACTER, kindOf(answer.failure));
        assertNull(replica.stores().find(hidden.id()));

        journal.append(new JournalEntries().store(hidden));
        journal.reopened();
        replica = open();
        replica.stores().open(B, new ReplicaMethods.Open(hidden, REPLICAS, false), answer.as());
        journal.force();
        assertEquals(true, answer.reply);
        assertEquals(hidden, replica.stores().find(hidden.id()));
    }

    @Test
    void aNodeThatCreatesStoresTooFastMayStillOpenOldOnes() {
        Replica replica = votingReplica();
        for (int i = 0; i < StoreQuota.BURST; i++) {
            replica.stores()
                    .open(B, new ReplicaMethods.Open(new StoreSpec("new" + i, "strong"), REPLICAS, false), answer.as());
        }
        assertNull(answer.failure);
        replica.stores()
                .open(B, new ReplicaMethods.Open(new StoreSpec("next", "strong"), REPLICAS, false), answer.as());
        assertInstanceOf(OverloadedException.class, answer.failure);

        replica.stores().open(B, new ReplicaMethods.Open(STRONG, REPLICAS, false), answer.as());
        journal.force();
        assertEquals(true, answer.reply);
    }

    @Test
    void aNodeWithOtherReplicasIsToldSo() {
        Replica replica = votingReplica();
        replica.stores().open(A, new ReplicaMethods.Open(STRONG, "a", false), answer.as());
        assertEquals(RefusalKind.OTHER_REPLICAS, kindOf(answer.failure));
    }

    @Test
    void aNodeIsAnsweredOnlyOnceItHasShownTheSameReplicas() {
        Replica replica = votingReplica();
        replica.registers().accept(B, accept(), answer.as());
        assertEquals(RefusalKind.UNKNOWN_STORE, kindOf(answer.failure));
        replica.stores().open(B, new ReplicaMethods.Open(STRONG, REPLICAS, false), new Answer<>());
        replica.registers().accept(B, accept(), answer.as());
        journal.force();
        assertEquals(new AcceptAnswer(true, BALLOT), answer.reply);
    }

    @Test
    void aNodeThatConnectsAnewMayHaveOtherReplicas() {
        Replica replica = votingReplica();
        replica.stores().open(B, new ReplicaMethods.Open(STRONG, REPLICAS, false), new Answer<>());
        replica.identity().introducedNodes().onConnected(B);
        replica.fetch(B, KEY, answer.as());
        assertEquals(RefusalKind.UNKNOWN_STORE, kindOf(answer.failure));
        replica.stores().open(B, new ReplicaMethods.Open(STRONG, REPLICAS, false), new Answer<>());
        replica.stores().open(B, new ReplicaMethods.Open(STRONG, "b", false), answer.as());
        assertEquals(RefusalKind.OTHER_REPLICAS, kindOf(answer.failure));
        replica.fetch(B, KEY, answer.as());
        assertEquals(RefusalKind.UNKNOWN_STORE, kindOf(answer.failure), "what it showed last counts");
    }

    @Test
    void aReplicaWithOtherReplicasIsNotRegistered() {
        Replica replica = votingReplica();
        replica.register(B, new RegisterMethod.Request("a, b", 7, null, 1L), answer.as());
        journal.force();
        assertNull(answer.reply);
        assertEquals(RefusalKind.OTHER_REPLICAS, kindOf(answer.failure));
        assertTrue(answer.failure.getMessage().contains("a, b, c")
                && answer.failure.getMessage().contains("are a, b."));
    }

    @Test
    void nothingIsRememberedOfANodeThatIsNoReplica() {
        Replica replica = votingReplica();
        int before = journal.appended.size();
        replica.register(NodeId.of("c0"), new RegisterMethod.Request(REPLICAS, 7, null, 1L), answer.as());
        journal.force();
        assertNull(answer.reply);
        assertEquals(RefusalKind.NO_REPLICA, kindOf(answer.failure));
        assertTrue(answer.failure.getMessage().contains("node c0 is not one of the replicas a, b, c"));
        assertEquals(before, journal.appended.size());
    }

    @Test
    void aLaterStartReplacesTheOneThatTheCallerKnowsAndNoOther() {
        Replica replica = votingReplica();
        assertEquals(new Remembered(7, 1L), registered(replica, null, 1L));
        assertEquals(new Remembered(7, 1L), registered(replica, null, null), "it only asks");
        assertEquals(new Remembered(7, 2L), registered(replica, 1L, 2L));
        assertEquals(new Remembered(7, 2L), registered(replica, 1L, 3L), "a copy from before the second start");
        assertEquals(new Remembered(7, 2L), registered(replica, null, 3L));
        assertEquals(new Remembered(7, 3L), registered(replica, 2L, 3L));
    }

    @Test
    void memoryOfOthersIsDurableBeforeTheyAreAnswered() {
        Replica replica = votingReplica();
        replica.register(B, new RegisterMethod.Request(REPLICAS, 7, null, 1L), answer.as());
        assertNull(answer.reply);
        journal.force();
        journal.reopened();
        assertEquals(new Remembered(7, 1L), registered(open(), null, null));
    }

    @Test
    void anIncarnationWithoutAStartNumberTakesTheFirst() {
        journal.append(ByteBuffer.allocate(14)
                .put((byte) 3)
                .putLong(7)
                .putInt(1)
                .put((byte) 'b')
                .flip());
        journal.reopened();
        Replica replica = open();
        assertEquals(new Remembered(7, null), registered(replica, null, null));
        assertEquals(new Remembered(7, 1L), registered(replica, null, 1L));
    }

    @Test
    void aReplicaRecognisesAllItsStartsAndNoOthers() {
        draws.set(7);
        Identity identity = open().identity();
        long incarnation = identity.incarnation();
        long first = identity.start();
        draws.set(8);
        journal.reopened();
        identity = open().identity();
        assertNotEquals(first, identity.start());
        assertTrue(identity.recognises(new Remembered(incarnation, first)));
        assertTrue(identity.recognises(new Remembered(incarnation, identity.start())));
        assertTrue(identity.recognises(new Remembered(incarnation, null)));
        assertFalse(identity.recognises(new Remembered(incarnation, 9L)));
        assertFalse(identity.recognises(new Remembered(incarnation + 1, first)));
    }

    private @Nullable Object registered(Replica replica, @Nullable Long replaces, @Nullable Long start) {
        Answer<RegisterMethod.Answer> registered = new Answer<>();
        replica.register(B, new RegisterMethod.Request(REPLICAS, 7, replaces, start), registered);
        journal.force();
        return registered.reply == null ? registered.failure : registered.reply.remembered();
    }

    @Test
    void recordsOfOtherReplicasAreRefused() {
        open();
        journal.reopened();
        ConfigurationMismatchException refused =
                assertThrows(ConfigurationMismatchException.class, () -> open("a, b, d"));
        assertTrue(
                refused.getMessage().contains("the replicas a, b, d")
                        && refused.getMessage().contains("the replicas a, b, c"),
                refused::getMessage);
        assertTrue(journal.closed);
    }

    @Test
    void recordsFromBeforeTheListWasKeptAreTakenAndGetOne() {
        open();
        journal.appended.removeIf(entry -> entry.get(0) == 10);
        journal.reopened();
        open("a, b, d");
        journal.reopened();
        assertThrows(ConfigurationMismatchException.class, () -> open("a, b, c"));
    }

    @Test
    void aClosedReplicaAnswersNothing() {
        Replica replica = votingReplica();
        replica.close();
        replica.registers().accept(A, accept(), answer.as());
        assertEquals(RefusalKind.NO_STORAGE, kindOf(answer.failure));
    }

    @Test
    void aTombstoneIsForgottenOnceThatIsDurable() {
        Replica replica = withTombstone();
        Ballot floor = new Ballot(9, 9);
        replica.registers().remove(A, new ReplicaMethods.Remove(KEY, BALLOT, floor), answer.as());
        assertNull(answer.reply);
        journal.force();
        assertEquals(true, answer.reply);
        assertEquals(0, replica.records());
        replica.registers().read(A, new ReadMethod.Request(KEY, BALLOT), answer.as());
        assertEquals(new ReadMethod.Found(new ReadAnswer(Ballot.NONE, null)), answer.reply);
        replica.registers().accept(A, accept(), answer.as());
        assertEquals(new AcceptAnswer(false, floor), answer.reply);
        assertEquals(0, replica.records(), "a refusal must leave nothing");
    }

    @Test
    void nothingButTheVeryTombstoneIsForgotten() {
        Replica replica = withTombstone();
        replica.registers().remove(A, new ReplicaMethods.Remove(KEY, new Ballot(5, 0), new Ballot(9, 9)), answer.as());
        assertEquals(false, answer.reply);
        Ballot promised = new Ballot(8, 1);
        replica.registers().prepare(A, new ReplicaMethods.Prepare(KEY, promised), new Answer<>());
        journal.force();
        replica.registers().remove(A, new ReplicaMethods.Remove(KEY, BALLOT, new Ballot(7, 1)), answer.as());
        assertEquals(false, answer.reply, "somebody was promised more than the floor");
        replica.registers()
                .accept(A, new ReplicaMethods.Accept(KEY, promised, new byte[] {1}, promised), new Answer<>());
        journal.force();
        replica.registers().remove(A, new ReplicaMethods.Remove(KEY, promised, promised), answer.as());
        assertEquals(false, answer.reply, "it has a value");
        assertEquals(1, replica.records());
    }

    @Test
    void aPromiseForNothingElseBecomesTheFloor() {
        Replica replica = votingReplica();
        replica.registers().prepare(A, new ReplicaMethods.Prepare(KEY, BALLOT), answer.as());
        journal.force();
        replica.registers().deleted().forgetPromise(KEY);
        assertEquals(0, replica.records());
        replica.registers()
                .accept(A, new ReplicaMethods.Accept(KEY, new Ballot(5, 0), new byte[] {1}, BALLOT), answer.as());
        journal.force();
        assertEquals(new AcceptAnswer(false, BALLOT), answer.reply);
    }

    private Replica withTombstone() {
        Replica replica = votingReplica();
        replica.registers()
                .accept(A, new ReplicaMethods.Accept(KEY, BALLOT, new byte[] {0, 1}, BALLOT), new Answer<>());
        journal.force();
        return replica;
    }

    private static ReplicaMethods.Accept accept() {
        return new ReplicaMethods.Accept(KEY, BALLOT, new byte[] {9}, BALLOT);
    }

    private Replica open() {
        return open(REPLICAS);
    }

    private Replica open(String replicas) {
        Storage storage = new Storage() {
            @Override
            public Journal open(
                    NodeId self, World world, Consumer<ByteBuffer> recovered, Consumer<StorageException> onFailure) {
                journal.recovered.forEach(recovered);
                return journal;
            }

            @Override
            public boolean survivesRestart() {
                return true;
            }
        };
        return Replica.open(
                A, new World(clock, new TestLoop(), draws::get), new HlcClock(clock, () -> 7, 7), replicas, storage);
    }

    private Replica votingReplica() {
        Replica replica = open();
        replica.votingRight().grant(() -> {});
        replica.stores().open(A, new ReplicaMethods.Open(STRONG, REPLICAS, false), new Answer<>());
        journal.force();
        return replica;
    }

    /** The last answer. */
    private static final class Answer<T> implements Responder<T> {
        @Nullable
        T reply;

        @Nullable
        Throwable failure;

        @Override
        public void reply(T response) {
            reply = response;
        }

        @Override
        public void fail(Throwable error) {
            failure = error;
        }

        /** This as the responder of any answer. */
        <R extends T> Responder<R> as() {
            return new Responder<>() {
                @Override
                public void reply(R response) {
                    Answer.this.reply(response);
                }

                @Override
                public void fail(Throwable error) {
                    Answer.this.fail(error);
                }
            };
        }
    }

    /** Becomes durable on demand. */
    private static final class ScriptedJournal implements Journal {
        private final List<Runnable> waiting = new ArrayList<>();
        private final List<ByteBuffer> appended = new ArrayList<>();
        private List<ByteBuffer> recovered = List.of();
        private long durable;
        private boolean refusesMore;
        private boolean closed;

        @Override
        public long append(ByteBuffer record) {
            if (refusesMore) {
                throw new IllegalStateException("no more");
            }
            appended.add(ByteBuffer.allocate(record.remaining()).put(record).flip());
            return appended.size();
        }

        @Override
        public void whenDurable(long position, Runnable task) {
            if (position <= durable) {
                task.run();
            } else {
                waiting.add(task);
            }
        }

        void force() {
            durable = appended.size();
            List<Runnable> tasks = List.copyOf(waiting);
            waiting.clear();
            tasks.forEach(Runnable::run);
        }

        /** The next replica is opened with all that was appended so far. */
        void reopened() {
            recovered = List.copyOf(appended);
            recovered.forEach(ByteBuffer::rewind);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
