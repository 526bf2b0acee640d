package io.coterie;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.failuredetector.FailureDetection;
import io.coterie.replication.storage.Storage;
import io.coterie.replication.storage.StorageException;
import io.coterie.rpc.IdleStrategy;
import io.coterie.rpc.RetryPolicy;
import io.coterie.rpc.Security;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.ListenException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.Transport;
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

/** Misuse of a builder is refused, with a text that says why. */
class BuilderTest {
    private static CoterieBuilder complete() {
        return unnamed().self("a");
    }

    private static CoterieBuilder unnamed() {
        return Coterie.builder().cluster("test").replica("a", "127.0.0.1:" + LocalCluster.freePort());
    }

    private static <T extends Throwable> T assertSays(Class<T> type, String text, Executable misuse) {
        T thrown = assertThrows(type, misuse);
        assertTrue(String.valueOf(thrown.getMessage()).contains(text), thrown.getMessage());
        return thrown;
    }

    @Test
    void missingPartsAreNamed() {
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
        assertSays(NullPointerException.class, "security must not be null", () -> builder.security(null));
        assertSays(NullPointerException.class, "idle must not be null", () -> builder.idle(null));
        assertSays(
                NullPointerException.class,
                "names of the replicas must not be null",
                () -> builder.replicas((String[]) null));
        assertSays(NullPointerException.class, "autoReplace must not be null", () -> builder.autoReplace(null));
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
                IllegalArgumentException.class, "operationTimeout 0 s", () -> builder.operationTimeout(Duration.ZERO));
        assertSays(
                IllegalArgumentException.class,
                "operationTimeout 2 h is not above 0 s and at most 1 h",
                () -> builder.operationTimeout(Duration.ofHours(2)));
        assertSays(
                IllegalArgumentException.class,
                "autoReplace 9 s is not within 10 s to 1 d",
                () -> builder.autoReplace(Duration.ofSeconds(9)));
        assertSays(IllegalArgumentException.class, "autoReplace", () -> builder.autoReplace(Duration.ofHours(25)));
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
    void invalidAddressesAreRefusedAtOnce() {
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
        CoterieBuilder builder = unnamed().self("aa");
        assertSays(
                IllegalStateException.class,
                "self, aa, is not among the replicas [a]: correct it, or list it by replica(name, address); if this node is a"
                        + " client of them, give its name by client(name)",
                builder::start);
        try (Coterie client = unnamed().client("aa").start()) {
            assertEquals(NodeId.of("aa"), client.self());
        }
    }

    @Test
    void aReplicaIsNotStartedAsAClient() {
        CoterieBuilder builder = unnamed().client("a");
        assertSays(
                IllegalStateException.class,
                "client, a, is one of the replicas [a]: give it by self(name)",
                builder::start);
        unnamed().self("a").start().close();
    }

    @Test
    void aClientHasNoStorage() {
        CoterieBuilder builder = unnamed().client("x").storage(Storage.memory());
        assertSays(IllegalStateException.class, "storage is set, but client x keeps no records", builder::start);
    }

    @Test
    void aClientReplacesNoMember() {
        CoterieBuilder builder = unnamed().client("x").autoReplace(Duration.ofMinutes(1));
        assertSays(IllegalStateException.class, "autoReplace is set, but client x is no member", builder::start);
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
        complete().transport(new Cramped()).maxValueBytes(49_152).start().close();
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
                "majorityGrace -1 s is not within 0 s to 1 h",
                () -> builder.majorityGrace(Duration.ofSeconds(-1)));
        assertSays(
                IllegalArgumentException.class,
                "majorityGrace 2 h is not within 0 s to 1 h",
                () -> builder.majorityGrace(Duration.ofHours(2)));
        assertSays(NullPointerException.class, "majorityGrace must not be null", () -> builder.majorityGrace(null));
        builder.majorityGrace(Duration.ZERO).start().close();
    }

    @Test
    void theKeepaliveIsChecked() {
        CoterieBuilder builder = complete();
        assertSays(
                IllegalArgumentException.class,
                "keepalive 99 ms is not within 100 ms to 1 h",
                () -> builder.keepalive(Duration.ofMillis(99)));
        assertSays(NullPointerException.class, "keepalive must not be null", () -> builder.keepalive(null));
        builder.keepalive(Duration.ofMillis(500)).start().close();
        assertSays(
                IllegalStateException.class,
                "keepalive is set together with transport",
                () -> complete()
                        .keepalive(Duration.ofSeconds(3))
                        .transport(new Cramped())
                        .start());
    }

    @Test
    void aBuilderStartsItsNodeAnew() {
        CoterieBuilder builder = complete();
        for (int i = 0; i < 2; i++) {
            try (Coterie replica = builder.start()) {
                assertEquals(NodeId.of("a"), replica.self());
            }
        }
    }

    @Test
    void anOptionIsSetOnceAndTheRefusalShowsBothValues() {
        CoterieBuilder builder = Coterie.builder();
        assertSetOnce(
                "cluster is set twice, to \"shop\" and to \"other\"; set it once",
                () -> builder.cluster("shop"),
                () -> builder.cluster("other"));
        assertSetOnce(
                "self is set twice, to a and to b; set it once", () -> builder.self("a"), () -> builder.self("b"));
        assertSetOnce("self and client are both set, to a and to b; give self", () -> {}, () -> builder.client("b"));
        CoterieBuilder client = Coterie.builder();
        assertSetOnce(
                "self and client are both set, to a and to x; give self",
                () -> client.client("x"),
                () -> client.self("a"));
        assertSetOnce("readOnly is set twice; set it once", builder::readOnly, builder::readOnly);
        assertSetOnce(
                "operationTimeout is set twice, to 2 s and to 500 ms; set it once",
                () -> builder.operationTimeout(Duration.ofSeconds(2)),
                () -> builder.operationTimeout(Duration.ofMillis(500)));
        assertSetOnce(
                "attemptTimeout is set twice, to 1 s and to 1 min; set it once",
                () -> builder.attemptTimeout(Duration.ofSeconds(1)),
                () -> builder.attemptTimeout(Duration.ofMinutes(1)));
        assertSetOnce(
                "majorityGrace is set twice, to 0 s and to 1 h; set it once",
                () -> builder.majorityGrace(Duration.ZERO),
                () -> builder.majorityGrace(Duration.ofHours(1)));
        assertSetOnce(
                "autoReplace is set twice, to 10 s and to 1 d; set it once",
                () -> builder.autoReplace(Duration.ofSeconds(10)),
                () -> builder.autoReplace(Duration.ofDays(1)));
        assertSetOnce(
                "keepalive is set twice, to 3 s and to 100 ms; set it once",
                () -> builder.keepalive(Duration.ofSeconds(3)),
                () -> builder.keepalive(Duration.ofMillis(100)));
        assertSetOnce(
                "maxOperations is set twice, to 7 and to 8; set it once",
                () -> builder.maxOperations(7),
                () -> builder.maxOperations(8));
        assertSetOnce(
                "maxValueBytes is set twice, to 7 and to 8; set it once",
                () -> builder.maxValueBytes(7),
                () -> builder.maxValueBytes(8));
        assertSetOnce(
                "storage is set twice, to ",
                () -> builder.storage(Storage.memory()),
                () -> builder.storage(Storage.memory()));
        assertSetOnce(
                "retry is set twice, to ",
                () -> builder.retry(RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(2))),
                () -> builder.retry(RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(3))));
        assertSetOnce(
                "failureDetector is set twice, to ",
                () -> builder.failureDetector(FailureDetection.phiAccrual()),
                () -> builder.failureDetector(FailureDetection.phiAccrual()));
        assertSetOnce(
                "security is set twice, to ",
                () -> builder.security(Security.none()),
                () -> builder.security(Security.none()));
        assertSetOnce(
                "idle is set twice, to block and to block; set it once",
                () -> builder.idle(IdleStrategy.block()),
                () -> builder.idle(IdleStrategy.block()));
        assertSetOnce(
                "transport is set twice, to ",
                () -> builder.transport(new Cramped()),
                () -> builder.transport(new Cramped()));
        assertSetOnce(
                "executor is set twice, to ",
                () -> builder.executor(Runnable::run),
                () -> builder.executor(task -> {}));
    }

    private static void assertSetOnce(String said, Runnable first, Executable second) {
        first.run();
        assertSays(IllegalStateException.class, said, second);
    }

    @Test
    void aSecretIsNotShown() {
        CoterieBuilder builder =
                Coterie.builder().security(Security.sharedSecret("a secret of 32 bytes that is long".getBytes(UTF_8)));
        IllegalStateException refused = assertSays(
                IllegalStateException.class, "security is set twice", () -> builder.security(Security.none()));
        assertFalse(refused.getMessage().contains("32 bytes"), refused.getMessage());
    }

    @Test
    void aValueThatWasRefusedIsNotSet() {
        CoterieBuilder builder = Coterie.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.maxOperations(0));
        builder.maxOperations(1);
        assertThrows(NullPointerException.class, () -> builder.storage(null));
        builder.storage(Storage.memory());
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
