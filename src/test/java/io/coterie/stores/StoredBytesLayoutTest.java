package io.coterie.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Coterie;
import io.coterie.Counters;
import io.coterie.Page;
import io.coterie.Scan;
import io.coterie.Store;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.consistency.coordination.LeadershipListener;
import io.coterie.consistency.coordination.Lease;
import io.coterie.coordination.Candidacy;
import io.coterie.coordination.Coordination;
import io.coterie.rpc.codec.Codec;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a store keeps for a key is what its codecs wrote, and no more: other versions read it, and
 * other programs may.
 */
class StoredBytesLayoutTest {
    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final LocalCluster cluster = LocalCluster.inMemory().listing("a");

    @BeforeAll
    static void start() {
        cluster.startAll();
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    private static Coterie node() {
        return cluster.node("a");
    }

    @Test
    void policiesGoByTheseNames() {
        assertEquals(
                List.of("strong", "eventual"),
                List.of(Consistency.strong().name(), Consistency.eventual().name()));
    }

    @Test
    void keysAndValuesAreTheBytesOfTheirCodecs() {
        for (ConsistencyPolicy policy : List.of(Consistency.strong(), Consistency.eventual())) {
            String name = "values-" + policy.name();
            node().store(name, Codec.utf8(), Codec.int64(), policy).put("é", 7L);
            Store<byte[], byte[]> raw = node().store(name, Codec.bytes(), Codec.bytes(), policy);
            byte[] value = raw.get(new byte[] {(byte) 0xC3, (byte) 0xA9});
            assertEquals("0000000000000007", HexFormat.of().formatHex(Objects.requireNonNull(value)));
        }
    }

    @Test
    void aCounterIsEightBytesInAStrongStore() {
        Counters<String> counters = node().counters("counters", Codec.utf8());
        counters.addAndGet("c", -2);
        counters.compareAndSet("d", 0, 7);
        assertEquals(Map.of("c", "fffffffffffffffe", "d", "0000000000000007"), strongStore("counters"));
    }

    @Test
    void recordsOfCoordinationStandUnderTheirKindsAndNames() {
        Coordination jobs = node().coordination("jobs");
        Lease lock = jobs.lock("x", LEASE).tryAcquire(LEASE).orElseThrow();
        Lease place = jobs.semaphore("x", 2, LEASE).tryAcquire(LEASE).orElseThrow();
        jobs.latch("x", 2).countDown("p");
        try (Candidacy candidacy = jobs.election("x", LEASE).campaign(new LeadershipListener() {
            @Override
            public void elected(Lease lease) {}

            @Override
            public void deposed() {}
        })) {
            Await.until(
                    candidacy + " has led to an election",
                    () -> jobs.election("x", LEASE).leader().isPresent());

            Map<String, String> records = strongStore("jobs");
            assertEquals("43" + "00000002" + "00000001" + "00000001" + "70", records.get("latch/x"));
            // One permit, the first token and one holder; the rest is in the test of the record.
            assertTrue(records.get("lock/x").startsWith("4d" + "00000001" + "0000000000000001" + "00000001"));
            assertTrue(records.get("election/x").startsWith("4d" + "00000001" + "0000000000000001" + "00000001"));
            assertTrue(records.get("semaphore/x").startsWith("4d" + "00000002" + "0000000000000001" + "00000001"));
        }
        lock.close();
        place.close();
    }

    private static Map<String, String> strongStore(String name) {
        Map<String, String> all = new TreeMap<>();
        Store<String, byte[]> store = node().store(name, Codec.utf8(), Codec.bytes(), Consistency.strong());
        Scan<String> rest = Scan.all();
        while (rest != null) {
            Page<String, byte[]> page = store.scan(rest, 100);
            page.entries().forEach((key, value) -> all.put(key, HexFormat.of().formatHex(value)));
            rest = page.next();
        }
        return all;
    }
}
