package io.coterie.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Coterie;
import io.coterie.CoterieBuilder;
import io.coterie.Store;
import io.coterie.cluster.LocalCluster;
import io.coterie.cluster.SlowLink;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.codec.Codec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client whose links carry 1 MiB a second. */
class SlowLinkTest {
    private static final long BYTES_PER_SECOND = 1 << 20;
    private static final int LARGE_BYTES = 1_000_000;
    private static final int HUGE_BYTES = 4_000_000;

    private final LocalCluster cluster = LocalCluster.inMemory().with(builder -> builder.maxValueBytes(HUGE_BYTES));
    private final List<SlowLink> links = new ArrayList<>();
    private Store<String, byte[]> near;
    private Store<String, byte[]> far;
    private Coterie client;

    @BeforeEach
    void start() {
        cluster.startAll();
        CoterieBuilder builder = Coterie.builder()
                .cluster("test")
                .client("client")
                .maxValueBytes(HUGE_BYTES)
                .operationTimeout(Duration.ofSeconds(30));
        for (String replica : List.of("a", "b", "c")) {
            SlowLink link = new SlowLink(cluster.port(replica), BYTES_PER_SECOND);
            links.add(link);
            builder.replica(replica, link.address());
        }
        client = builder.start();
        near = cluster.node("a").store("s", Codec.utf8(), Codec.bytes(), Consistency.strong());
        far = client.store("s", Codec.utf8(), Codec.bytes(), Consistency.strong());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        cluster.close();
        for (SlowLink link : links) {
            link.close();
        }
    }

    @Test
    void aLargeValueIsReadAndWrittenWithinItsTimeout() {
        near.put("large", new byte[LARGE_BYTES]);

        assertEquals(LARGE_BYTES, far.get("large").length);
        far.put("another", new byte[LARGE_BYTES]);

        assertEquals(LARGE_BYTES, near.get("another").length);
    }

    @Test
    void aValueThatTakesSecondsIsSentOnceAndItsReplicaIsNotTakenForDown() {
        near.put("large", new byte[HUGE_BYTES]);

        assertEquals(HUGE_BYTES, far.get("large").length);

        long carried = links.stream().mapToLong(SlowLink::carriedBack).sum();
        assertTrue(carried < 1.5 * HUGE_BYTES, () -> carried + " bytes for a value of " + HUGE_BYTES);
    }

    @Test
    void manyValuesAreReadAtOnceWithinTheirTimeoutAndASmallOneRightAfter() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            keys.add("k" + i);
            near.put("k" + i, new byte[10_000]);
        }

        assertEquals(200, far.getAll(keys).size());
        assertEquals(10_000, far.get("k0").length);
    }
}
