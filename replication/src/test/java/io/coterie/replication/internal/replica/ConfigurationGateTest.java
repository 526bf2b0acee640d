package io.coterie.replication.internal.replica;

import static io.coterie.replication.internal.membership.Configurations.genesis;
import static io.coterie.replication.internal.membership.Configurations.id;
import static io.coterie.replication.internal.membership.Configurations.member;
import static io.coterie.replication.internal.wire.Refusals.kindOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.coterie.replication.internal.membership.Configuration;
import io.coterie.replication.internal.membership.Member;
import io.coterie.replication.internal.membership.MemberId;
import io.coterie.replication.internal.membership.MemberState;
import io.coterie.replication.internal.membership.Successors;
import io.coterie.replication.internal.shares.BatchHandler;
import io.coterie.replication.internal.shares.LoopShares;
import io.coterie.replication.internal.shares.SharedHandler;
import io.coterie.replication.internal.wire.Addressed;
import io.coterie.replication.internal.wire.BatchedAnswers;
import io.coterie.replication.internal.wire.BatchedRequests;
import io.coterie.replication.internal.wire.ReadMethod;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.Sized;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.InlineHandler;
import io.coterie.rpc.Responder;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.RemoteException;
import io.coterie.rpc.error.RpcException;
import io.coterie.rpc.node.NodeId;
import io.coterie.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A replica answers only callers that know the group as it does, and that mean its own records.
 */
class ConfigurationGateTest extends ScriptedReplica {
    private static final Configuration ABC = genesis("a", "b", "c");
    private static final Configuration JOINT = Successors.begin(ABC, id("b"), member("d"));
    private static final long SELF = id("a").incarnation();

    private static final int SEVERAL_SHARES_BYTES = 1 << 20;

    private final Simulation simulation = Simulation.create(1);
    private final AtomicReference<LoopShares> shares = new AtomicReference<>();
    private int newer;

    ConfigurationGateTest() {
        simulation
                .node("a", start -> shares.set(new LoopShares(A, start.world())))
                .start();
    }

    @Test
    void aRequestOfAnotherEpochIsRefused() {
        Replica replica = under(ABC);
        assertNull(refusal(replica, 1, SELF));
        assertEquals(RefusalKind.OTHER_EPOCH, refusal(replica, 0, SELF));
        assertEquals(RefusalKind.OTHER_EPOCH, refusal(replica, 2, SELF));
        replica.configurations().adopt(JOINT);
        assertNull(refusal(replica, 2, SELF));
        assertEquals(RefusalKind.OTHER_EPOCH, refusal(replica, 1, SELF));
    }

    /** An epoch that changes no group of replicas changes no majority. */
    @Test
    void aRequestOfTheSameGroupIsServedUnderALaterConfiguration() {
        Replica replica = under(Successors.move(ABC, id("b"), "elsewhere:1"));
        assertEquals(2, replica.configurations().epoch());
        assertNull(refusal(replica, 1, SELF));
    }

    @Test
    void onlyANewerEpochHasTheReplicaLookForTheConfiguration() {
        Replica replica = under(JOINT);
        replica.gate().onNewer(() -> newer++);
        refusal(replica, 1, SELF);
        refusal(replica, 2, SELF);
        refusal(replica, 2, SELF + 1);
        assertEquals(0, newer);
        refusal(replica, 3, SELF);
        assertEquals(1, newer);
        replica.gate().ofValues().refusal(3, SELF);
        assertEquals(2, newer);
    }

    @Test
    void aRequestForLostRecordsIsRefused() {
        Replica replica = under(ABC);
        assertEquals(RefusalKind.OTHER_INCARNATION, refusal(replica, 1, SELF + 1));
        assertEquals(RefusalKind.OTHER_INCARNATION, refusal(replica, 1, 0));
        MemberId other = new MemberId(A, SELF + 1);
        replica.configurations()
                .adopt(Successors.begin(ABC, id("a"), new Member(other, "a:1", "z", MemberState.ACTIVE)));
        assertEquals(RefusalKind.OTHER_INCARNATION, refusal(replica, 2, SELF + 1), "they are not here");
    }

    /** They rest on no promise that lost records may have had. */
    @Test
    void valuesOfEventualStoresAreServedToCallersThatMeanTheLostRecordsToo() {
        MemberId lost = new MemberId(A, SELF + 1);
        PartitionGate gate = under(Configuration.genesis(
                        9, List.of(new Member(lost, "a:1", "z", MemberState.ACTIVE), member("b")), 1))
                .gate()
                .ofValues();
        assertNull(gate.refusal(1, SELF));
        assertNull(gate.refusal(1, SELF + 1));
        assertEquals(RefusalKind.OTHER_EPOCH, kindOf(gate.refusal(2, SELF)));
        assertEquals(RefusalKind.OTHER_EPOCH, kindOf(gate.refusal(0, SELF)));
    }

    /** Two clusters may be restored from one snapshot, and have the same epoch. */
    @Test
    void valuesOfEventualStoresAreNotServedToAnotherClusterOfTheSameName() {
        PartitionGate gate = under(ABC).gate().ofValues();
        assertNull(gate.refusal(1, SELF));
        assertEquals(RefusalKind.OTHER_INCARNATION, kindOf(gate.refusal(1, SELF + 1)));
    }

    @Test
    void beforeThereIsAConfigurationOnlyCallersWithoutOneAreServed() {
        Replica replica = votingMember();
        assertNull(refusal(replica, 0, 0));
        assertEquals(RefusalKind.OTHER_EPOCH, refusal(replica, 1, SELF));
    }

    @Test
    void aRequestThatWaitsForItsShareIsCheckedWhenItIsServed() {
        Replica replica = under(ABC);
        InlineHandler<Addressed<String>, String> handler = new SharedHandler<>(
                shares.get(), ConfigurationGate.around(replica.gate(), this::costly), addressed -> 1);
        RecordedAnswer<String> first = new RecordedAnswer<>();
        onLoop(() -> {
            handler.handle(B, new Addressed<>(1, SELF, "first"), first);
            handler.handle(B, new Addressed<>(1, SELF, "second"), answer.as());
            assertNull(answer.reply, "it waits");
            replica.configurations().adopt(JOINT);
        });
        assertEquals("first", first.reply);
        assertEquals(RefusalKind.OTHER_EPOCH, kindOf(answer.failure));
    }

    @Test
    void theRestOfABatchIsRefusedOnceAnotherConfigurationIsAdopted() {
        Replica replica = under(ABC);
        InlineHandler<String, String> adopting = (caller, request, reply) -> {
            reply.reply(request);
            if (request.equals("second")) {
                replica.configurations().adopt(JOINT);
            }
        };
        batches(replica, adopting).handle(B, new Addressed<>(1, SELF, batch("first", "second", "third")), answer.as());
        assertEquals(List.of("first", "second", "refused"), heard(3));
    }

    @Test
    void theRestOfABatchThatWaitsForItsShareIsCheckedWhenItIsServed() {
        Replica replica = under(ABC);
        onLoop(() -> {
            batches(replica, this::costly).handle(B, new Addressed<>(1, SELF, batch("first", "second")), answer.as());
            assertNull(answer.reply, "the second waits");
            replica.configurations().adopt(JOINT);
        });
        assertEquals(List.of("first", "refused"), heard(2));
    }

    /** After a crash the replica would be under the configuration before. */
    @Test
    void anAnswerWaitsUntilTheConfigurationIsDurable() {
        Replica replica = under(ABC);
        replica.registers().accept(A, accept(), new RecordedAnswer<>());
        journal.force();
        replica.configurations().adopt(JOINT);
        replica.registers().read(A, new ReadMethod.Request(KEY, BALLOT), answer.as());
        assertNull(answer.reply, "its record is durable, and the configuration is not");
        RecordedAnswer<ReadMethod.Found> nothing = new RecordedAnswer<>();
        replica.registers()
                .read(A, new ReadMethod.Request(new RecordKey(STRONG.id(), new byte[] {2}), BALLOT), nothing);
        assertNull(nothing.reply, "there is no record");
        journal.force();
        assertEquals(ReadMethod.Found.AS_KNOWN, answer.reply);
        assertEquals(new ReadMethod.Found(ReadAnswer.NOTHING), nothing.reply);
    }

    private Replica under(Configuration configuration) {
        Replica replica = votingMember();
        replica.configurations().adopt(configuration);
        journal.force();
        return replica;
    }

    /** Costs its caller more than its share. */
    private void costly(NodeId caller, String request, Responder<String> reply) {
        shares.get().charge(caller, SEVERAL_SHARES_BYTES);
        reply.reply(request);
    }

    /** And waits until its share is served. */
    private void onLoop(Runnable task) {
        simulation.node("a").execute(task);
        simulation.runFor(Duration.ofSeconds(1));
    }

    private static @Nullable RefusalKind refusal(Replica replica, long since, long incarnation) {
        RuntimeException refusal = replica.gate().refusal(since, incarnation);
        return refusal == null ? null : kindOf(refusal);
    }

    private InlineHandler<Addressed<BatchedRequests<String>>, BatchedAnswers<String>> batches(
            Replica replica, InlineHandler<String, String> one) {
        return ConfigurationGate.aroundEach(replica.gate(), one, each -> new BatchHandler<>(each, shares.get(), false));
    }

    private static BatchedRequests<String> batch(String... requests) {
        ByteWriter written = new ByteWriter();
        for (String request : requests) {
            Sized.put(Codec.utf8(), request, written);
        }
        Codec<BatchedRequests<String>> codec = BatchedRequests.codec(Codec.utf8());
        ByteWriter out = new ByteWriter();
        codec.encode(BatchedRequests.written(written), out);
        return codec.decode(out.view());
    }

    /** What the callers of a batch get. */
    private List<String> heard(int requests) {
        assertNotNull(answer.reply);
        BatchedAnswers<?> answers = assertInstanceOf(BatchedAnswers.class, answer.reply);
        ByteWriter out = new ByteWriter();
        @SuppressWarnings("unchecked")
        BatchedAnswers<String> texts = (BatchedAnswers<String>) answers;
        Codec<BatchedAnswers<String>> codec = BatchedAnswers.codec(Codec.utf8());
        codec.encode(texts, out);
        List<String> all = new ArrayList<>();
        List<Caller> callers =
                Stream.generate(() -> new Caller(all)).limit(requests).toList();
        assertNull(codec.decode(out.view()).deliver(A, Codec.utf8(), callers));
        return all;
    }

    private record Caller(List<String> all) implements BatchedAnswers.Asking<String> {
        @Override
        public boolean isOver() {
            return false;
        }

        @Override
        public void askAlone(NodeId replica) {
            all.add("alone");
        }

        @Override
        public void onReply(NodeId peer, String response) {
            all.add(response);
        }

        @Override
        public void onFailure(NodeId peer, RpcException failure) {
            boolean otherEpoch =
                    failure instanceof RemoteException remote && RefusalKind.of(remote) == RefusalKind.OTHER_EPOCH;
            all.add(otherEpoch ? "refused" : failure.toString());
        }
    }
}
