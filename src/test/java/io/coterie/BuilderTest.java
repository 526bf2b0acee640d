package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.consistency.Consistency;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.Codec;
import io.coterie.rpc.ListenException;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What a builder refuses, and what it says then. */
class BuilderTest {
    private static CoterieBuilder complete() {
        return Coterie.builder().cluster("test").self("a").replica("a", "127.0.0.1:" + LocalCluster.freePort());
    }

    private static <T extends Throwable> T assertSays(Class<T> type, String text, Executable misuse) {
        T thrown = assertThrows(type, misuse);
        assertTrue(String.valueOf(thrown.getMessage()).contains(text), thrown.getMessage());
        return thrown;
    }

    @Test
    void whatIsMissingIsNamed() {
        CoterieBuilder builder = Coterie.builder();
        assertSays(IllegalStateException.class, "cluster is missing", builder::start);
        builder.cluster("test");
        assertSays(IllegalStateException.class, "self is missing", builder::start);
        builder.self("a");
        assertSays(IllegalStateException.class, "replica is missing", builder::start);
        builder.replica("a", "127.0.0.1:" + LocalCluster.freePort()).start().close();
    }

    @Test
    void nullIsRefusedByName() {
        CoterieBuilder builder = Coterie.builder();
        assertSays(NullPointerException.class, "cluster must not be null", () -> builder.cluster(null));
        assertSays(NullPointerException.class, "self must not be null", () -> builder.self(null));
        assertSays(NullPointerException.class, "client must not be null", () -> builder.client(null));
        assertSays(NullPointerException.class, "name of the replica must not be null", () -> builder.replica(null, ""));
        assertSays(
                NullPointerException.class, "address of replica a must not be null", () -> builder.replica("a", null));
        assertSays(NullPointerException.class, "storage must not be null", () -> builder.storage(null));
        assertSays(NullPointerException.class, "retry must not be null", () -> builder.retry(null));
        assertSays(NullPointerException.class, "transport must not be null", () -> builder.transport(null));
        assertSays(NullPointerException.class, "executor must not be null", () -> builder.executor(null));
        assertSays(NullPointerException.class, "failureDetector must not be null", () -> builder.failureDetector(null));
        assertSays(
                NullPointerException.class, "operationTimeout must not be null", () -> builder.operationTimeout(null));
    }

    @Test
    void valuesOutOfRangeAreRefusedAtOnceAndShown() {
        CoterieBuilder builder = Coterie.builder();
        assertSays(IllegalArgumentException.class, "cluster \"my shop\"", () -> builder.cluster("my shop"));
        assertSays(IllegalArgumentException.class, "cluster \"\"", () -> builder.cluster(""));
        assertSays(IllegalArgumentException.class, "node name \"a/b\"", () -> builder.self("a/b"));
        assertSays(
                IllegalArgumentException.class, "operationTimeout PT0S", () -> builder.operationTimeout(Duration.ZERO));
        assertSays(
                IllegalArgumentException.class,
                "operationTimeout PT2H",
                () -> builder.operationTimeout(Duration.ofHours(2)));
        assertSays(IllegalArgumentException.class, "maxOperations 0", () -> builder.maxOperations(0));
        assertSays(IllegalArgumentException.class, "maxOperations 10000001", () -> builder.maxOperations(10_000_001));
        assertSays(IllegalArgumentException.class, "maxValueBytes 0", () -> builder.maxValueBytes(0));
        assertSays(
                IllegalArgumentException.class,
                "maxValueBytes 2147483647",
                () -> builder.maxValueBytes(Integer.MAX_VALUE));
        assertSays(
                IllegalArgumentException.class,
                "would give up on a replica for good",
                () -> builder.retry(RetryPolicy.none()));
    }

    @Test
    void addressesThatCannotBeAreRefusedAtOnce() {
        CoterieBuilder builder = Coterie.builder();
        for (String address : new String[] {"", "10.0.0.1", "10.0.0.1:", ":7400", "10.0.0.1:70000", "10.0.0.1:x"}) {
            assertSays(
                    IllegalArgumentException.class,
                    "address \"" + address + "\" is not host:port",
                    () -> builder.replica("a", address));
        }
        assertSays(IllegalArgumentException.class, "needs brackets", () -> builder.replica("a", "::1:7400"));
        assertSays(IllegalArgumentException.class, "give a fixed one", () -> builder.replica("a", "127.0.0.1:0"));
    }

    @Test
    void aReplicaIsListedOnceAndAtAnAddressOfItsOwn() {
        CoterieBuilder builder = Coterie.builder().cluster("test").self("a").replica("a", "10.0.0.1:7400");
        assertSays(
                IllegalArgumentException.class,
                "replica a is listed twice, at 10.0.0.1:7400 and at 10.0.0.2:7400",
                () -> builder.replica("a", "10.0.0.2:7400"));
        builder.replica("b", "10.0.0.1:7400");
        assertSays(IllegalStateException.class, "replicas a and b are both listed at 10.0.0.1:7400", builder::start);
    }

    @Test
    void aNameThatIsNoReplicaIsRefusedUnlessItIsGivenAsAClient() {
        CoterieBuilder builder = complete().self("aa");
        assertSays(
                IllegalStateException.class,
                "self, aa, is not among the replicas [a]: correct it, or list it by replica(name, address); if this node is a"
                        + " client of them, give its name by client(name)",
                builder::start);
        try (Coterie client = builder.client("aa").start()) {
            assertEquals(NodeId.of("aa"), client.self());
        }
    }

    @Test
    void aReplicaIsNotStartedAsAClient() {
        CoterieBuilder builder = complete().client("a");
        assertSays(
                IllegalStateException.class,
                "client, a, is one of the replicas [a]: give it by self(name)",
                builder::start);
        builder.self("a").start().close();
    }

    @Test
    void aClientHasNoStorage() {
        CoterieBuilder builder = complete().client("x").storage(Storage.memory());
        assertSays(IllegalStateException.class, "storage is set, but client x keeps nothing", builder::start);
    }

    @Test
    void aPortInUseIsNamed() throws IOException {
        int port = LocalCluster.freePort();
        String address = "127.0.0.1:" + port;
        CoterieBuilder builder = Coterie.builder().cluster("test").self("a").replica("a", address);
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertEquals(port, taken.getLocalPort());
            ListenException refusal = assertSays(ListenException.class, "cannot listen at " + address, builder::start);
            assertTrue(refusal.getMessage().contains("end the process that uses the port"), refusal.getMessage());
        }
        builder.start().close();
    }

    @Test
    void anAddressOfAnotherMachineIsNamed() {
        CoterieBuilder builder = Coterie.builder().cluster("test").self("a").replica("a", "192.0.2.1:7400");
        assertSays(ListenException.class, "cannot listen at 192.0.2.1:7400", builder::start);
    }

    @Test
    void aDirectoryServesOneReplicaAtATime(@TempDir Path directory) {
        CoterieBuilder second = complete().storage(Storage.directory(directory));
        try (Coterie first = complete().storage(Storage.directory(directory)).start()) {
            assertEquals(NodeId.of("a"), first.self());
            StorageException refusal = assertSays(StorageException.class, directory.toString(), second::start);
            assertTrue(refusal.getMessage().contains("in use"), refusal.getMessage());
        }
        second.start().close();
    }

    @Test
    void aDirectoryOfAnotherReplicaIsRefused(@TempDir Path directory) {
        complete().storage(Storage.directory(directory)).start().close();
        CoterieBuilder other = Coterie.builder()
                .cluster("test")
                .self("b")
                .replica("b", "127.0.0.1:" + LocalCluster.freePort())
                .storage(Storage.directory(directory));
        StorageException refusal = assertThrows(StorageException.class, other::start);
        assertTrue(refusal.getMessage().contains("replica a"), refusal.getMessage());
    }

    @Test
    void aPathThatIsNoDirectoryIsRefused(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        CoterieBuilder builder = complete().storage(Storage.directory(file));
        assertSays(StorageException.class, file.toString(), builder::start);
    }

    @Test
    void aTransportMustTakeTheLargestValue() {
        CoterieBuilder builder = complete().transport(new Cramped()).maxValueBytes(49_153);
        assertSays(IllegalStateException.class, "lower maxValueBytes to at most 49152", builder::start);
        builder.maxValueBytes(49_152).start().close();
    }

    @Test
    void aTransportForSmallMessagesLowersTheDefaultOfTheLargestValue() {
        try (Coterie a = complete().transport(new Cramped()).start()) {
            Store<String, byte[]> store = a.store("s", Codec.utf8(), Codec.bytes(), Consistency.strong());
            store.put("k", new byte[49_152]);
            assertSays(
                    ValueTooLargeException.class,
                    "the value has more than 49152 bytes",
                    () -> store.put("k", new byte[49_153]));
        }
    }

    @Test
    void onlyATransportReachesReplicasWithoutAddresses() {
        CoterieBuilder builder =
                Coterie.builder().cluster("test").self("a").replicas("a").maxValueBytes(1 << 10);
        assertSays(
                IllegalStateException.class,
                "replica a has no address: give it by replica(name, address)",
                builder::start);
        assertSays(IllegalArgumentException.class, "replica a is listed twice", () -> builder.replicas("a"));
        try (Coterie a = builder.transport(new Cramped()).start()) {
            assertTrue(
                    a.status().toString().contains("\n  replica a: voting"),
                    () -> a.status().toString());
        }
    }

    @Test
    void theAttemptTimeoutIsChecked() {
        CoterieBuilder builder = complete();
        assertSays(IllegalArgumentException.class, "attemptTimeout", () -> builder.attemptTimeout(Duration.ZERO));
        assertSays(NullPointerException.class, "attemptTimeout must not be null", () -> builder.attemptTimeout(null));
        builder.attemptTimeout(Duration.ofMillis(200)).start().close();
    }

    @Test
    void theMajorityGraceIsChecked() {
        CoterieBuilder builder = complete();
        assertSays(
                IllegalArgumentException.class,
                "majorityGrace PT-1S is not between zero and PT1H",
                () -> builder.majorityGrace(Duration.ofSeconds(-1)));
        assertSays(
                IllegalArgumentException.class,
                "majorityGrace PT2H is not between zero and PT1H",
                () -> builder.majorityGrace(Duration.ofHours(2)));
        assertSays(NullPointerException.class, "majorityGrace must not be null", () -> builder.majorityGrace(null));
        builder.majorityGrace(Duration.ZERO).start().close();
    }

    @Test
    void aBuilderServesSeveralNodes() {
        CoterieBuilder builder = complete();
        try (Coterie replica = builder.start();
                Coterie client = builder.client("x").start()) {
            assertEquals(NodeId.of("a"), replica.self());
            assertEquals(NodeId.of("x"), client.self());
        }
    }

    private static final class Cramped implements Transport {
        @Override
        public void start(Receiver receiver) {}

        @Override
        public boolean send(NodeId to, ByteBuffer message) {
            return false;
        }

        @Override
        public int maxMessageBytes() {
            return 64 << 10;
        }

        @Override
        public void close() {}
    }
}
