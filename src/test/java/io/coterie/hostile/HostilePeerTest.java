package io.coterie.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.cluster.LogText;
import io.coterie.hostile.HostileMessage.Address;
import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.RpcNode;
import io.coterie.rpc.RpcNodeBuilder;
import io.coterie.rpc.error.ConnectionLostException;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.RandomSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client that belongs to the cluster and sends replicas what no honest node sends: it is refused
 * by name, keeps its connection, and afterwards every operation of every other node ends well, also
 * when all replicas have stopped and started again.
 *
 * <p>A longer campaign: {@code -Dcoterie.seeds=N} runs N fresh seeds of {@value
 * #MESSAGES_OF_A_SEED} messages each. A replay: {@code -Dcoterie.seed=S} runs that seed alone.
 */
class HostilePeerTest {
    private static final int MESSAGES_OF_A_SEED = 1_000;
    private static final int FIXED_SEEDS = 3;
    private static final int FRESH_SEEDS = 2;

    /** Whether readings of clocks are changed to absurd ones, too. */
    static final boolean ABSURD_READINGS = true;

    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final List<NodeId> REPLICAS = NAMES.stream().map(NodeId::of).toList();
    private static final byte[] KEY = HonestWork.bytes("k0");
    private static final int MAX_KEY_BYTES = 4096;

    @TempDir
    Path directory;

    private LocalCluster cluster;
    private HostilePeer peer;
    private int works;

    @BeforeEach
    void start() {
        cluster = LocalCluster.in(directory)
                .with(builder -> builder.operationTimeout(Duration.ofSeconds(60)))
                .startAll();
        cluster.start("honest");
        HonestWork first = new HonestWork(cluster.node("honest"), "the first");
        first.strong().put("k0", HonestWork.bytes("v"));
        first.eventual().put("k0", HonestWork.bytes("v"));
        RpcNodeBuilder builder = RpcNode.builder().cluster("test").self("hostile");
        NAMES.forEach(name -> builder.peer(name, "127.0.0.1:" + cluster.port(name)));
        RpcNode node = builder.start();
        peer = new HostilePeer(node, REPLICAS);
        Await.until("the peer is connected", () -> REPLICAS.stream().allMatch(node::isConnected));
        for (String name : NAMES) {
            assertEquals(
                    "answered",
                    peer.send(name, messages(1).open(HonestWork.STRONG, false)).join());
            assertEquals(
                    "answered",
                    peer.send(name, messages(1).open(HonestWork.EVENTUAL, false))
                            .join());
        }
    }

    @AfterEach
    void close() {
        peer.node().close();
        cluster.close();
    }

    @Test
    void invalidStatesAreRefused() throws InterruptedException {
        for (byte[] state : new byte[][] {{}, {1}, {0, 1, 2}, new byte[41], new byte[5000]}) {
            if (state.length == 41) {
                state[40] = 1;
            }
            isRefused(messages(1).accept(KEY, state), "bytes are not a state of this store");
        }
        allEndsWell();
    }

    @Test
    void aTimestampedValueForAStrongStoreIsRefusedAndABallotForAnEventualOne() throws InterruptedException {
        isRefused(messages(1).merge(HonestWork.STRONG, KEY), "accepts no versioned values");
        isRefused(messages(1).prepare(HonestWork.EVENTUAL, KEY), "has no ballots");
        allEndsWell();
    }

    @Test
    void aKeyOfMoreThanFourKiBIsRefused() throws InterruptedException {
        byte[] key = new byte[MAX_KEY_BYTES + 1];
        isRefused(messages(1).prepare(HonestWork.STRONG, key), "the key has 4097 bytes");
        isRefused(messages(1).merge(HonestWork.EVENTUAL, key), "the key has 4097 bytes");
        allEndsWell();
    }

    @Test
    void callsOfReplicasAreRefusedToAClient() throws InterruptedException {
        Set<String> ofReplicas = Set.of(
                "replica.register",
                "replica.policy",
                "replica.digests",
                "replica.copies",
                "replica.keep.prepare",
                "replica.keep.accept",
                "replica.adopt",
                "replica.list",
                "replica.transfer",
                "replica.remove",
                "replica.remove.batch");
        List<HostileMessage> messages = messages(1).all().stream()
                .filter(message -> ofReplicas.contains(message.method()))
                .toList();
        assertEquals(ofReplicas.size(), messages.size());
        for (HostileMessage message : messages) {
            isRefused(message, "call of " + message.method());
            isRefused(message, "the method needs the role replica or higher, but this node has the role client there");
        }
        allEndsWell();
    }

    @Test
    void aRequestForAnotherGroupOrForOtherRecordsIsRefused() throws InterruptedException {
        for (String replica : NAMES) {
            Address right = peer.address(replica).join();
            HostileMessage prepare = messages(1).prepare(HonestWork.STRONG, KEY);
            for (long since : new long[] {0, right.since() + 1, Long.MAX_VALUE, -1}) {
                String answer = peer.send(replica, prepare.to(new Address(since, right.incarnation())))
                        .join();
                assertTrue(answer.contains("and the caller that of epoch " + since), answer);
            }
            String answer = peer.send(replica, prepare.to(new Address(right.since(), right.incarnation() + 1)))
                    .join();
            assertTrue(answer.contains("this replica has others"), answer);
        }
        allEndsWell();
    }

    @Test
    void aLieAboutWhatAMajorityHasRecordedIsNotBelieved() throws InterruptedException {
        StoreSpec lie = new StoreSpec(HonestWork.STRONG.name(), "eventual");
        isRefused(messages(1).open(lie, true), "recorded with policy \"strong\"");
        allEndsWell();
    }

    @Test
    void afterChangedMessagesOfEveryMethodAllEndsWell() throws InterruptedException {
        Long one = Long.getLong("coterie.seed");
        int fresh = Integer.getInteger("coterie.seeds", FRESH_SEEDS);
        LongStream seeds = one != null
                ? LongStream.of(one)
                : LongStream.concat(
                        LongStream.rangeClosed(1, FIXED_SEEDS),
                        LongStream.generate(() -> ThreadLocalRandom.current().nextLong(1L << 40))
                                .limit(fresh));
        long last = 0;
        try (LogText log = new LogText()) {
            for (long seed : seeds.toArray()) {
                last = seed;
                attack(seed);
            }
            allEndsWell();
            assertFalse(log.contains(" ERROR "), log.toString());
        } catch (Throwable e) {
            throw new AssertionError("seed " + last + "; again: -Dcoterie.seed=" + last + ": " + peer.ends(), e);
        }
    }

    /** Sends changed messages, and has each node do something. */
    private void attack(long seed) {
        RandomSource random = new SplittableRandom(seed)::nextLong;
        peer.attack(MESSAGES_OF_A_SEED, messages(seed), new HostileMutator(random, ABSURD_READINGS), random)
                .join();
        assertFalse(peer.ends().containsKey(ConnectionLostException.class.getName()), "a connection was closed");
        for (String name : List.of("a", "b", "c", "honest")) {
            byte[] value = HonestWork.bytes("after seed " + seed);
            new HonestWork(cluster.node(name), name).strong().put("k" + seed % HostileMessages.KEYS, value);
        }
    }

    private static HostileMessages messages(long seed) {
        SplittableRandom random = new SplittableRandom(~seed);
        return new HostileMessages(
                random::nextLong, System::currentTimeMillis, HonestWork.STRONG, HonestWork.EVENTUAL, NAMES);
    }

    /** By every replica; and the connection stays. */
    private void isRefused(HostileMessage message, String why) {
        for (NodeId replica : REPLICAS) {
            String answer = peer.send(replica.name(), message).join();
            assertTrue(answer.contains(why), answer);
            assertTrue(peer.node().isConnected(replica));
        }
    }

    private void allEndsWell() throws InterruptedException {
        honestWorkEndsWell();
        cluster.close("honest", "a", "b", "c");
        cluster.startAll();
        cluster.start("honest");
        honestWorkEndsWell();
    }

    private void honestWorkEndsWell() throws InterruptedException {
        for (String name : List.of("honest", "a")) {
            works++;
            new HonestWork(cluster.node(name), "work " + works).endsWell();
        }
    }
}
