package io.coterie.replication.internal.replica;

import static io.coterie.replication.internal.wire.Refusals.kindOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.ConfigurationMismatchException;
import io.coterie.replication.internal.wire.RefusalKind;
import io.coterie.replication.internal.wire.RegisterMethod;
import io.coterie.replication.internal.wire.Remembered;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The identity of a replica: its list of replicas, its incarnation and its starts. */
class ReplicaIdentityTest extends ScriptedReplica {
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
        assertTrue(answer.failure.getMessage().contains("node c0 is not one of the replicas,"));
        assertEquals(before, journal.appended.size());
    }

    /** An empty text stands for no list: two that join must not found a cluster with each other. */
    @Test
    void aReplicaThatJoinsHasTheSameListAsNobody() {
        Replica replica = open("");
        RecordedAnswer<Object> same = new RecordedAnswer<>();
        assertFalse(replica.configurations().hasSameReplicas(B, "", same.as()));
        assertEquals(RefusalKind.OTHER_REPLICAS, kindOf(same.failure));
        assertTrue(same.failure.getMessage().contains("was started to join a cluster, so it founds none"));
    }

    @Test
    void aReplicaThatJoinedBeforeItWasAMemberCanBeGivenAList() {
        open("");
        journal.force();
        journal.reopened();
        open(REPLICAS);
        journal.force();
        journal.reopened();
        assertThrows(ConfigurationMismatchException.class, () -> open("a, b"));
        journal.reopened();
        open("");
    }

    @Test
    void aReplicaThatIsNoMemberYetTakesNoValueThatOnlyItWouldHave() {
        assertFalse(open("").configurations().stays());
        journal.reopened();
        assertTrue(open().configurations().stays());
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
        RecordedAnswer<RegisterMethod.Answer> registered = new RecordedAnswer<>();
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
}
