package io.coterie.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Coterie;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.cluster.ShownCode;
import io.coterie.consistency.coordination.LeadershipListener;
import io.coterie.consistency.coordination.Lease;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The first example of the page on coordination, compiled, run, and compared with the page. */
class CoordinationPageTest {
    private static final Path PAGE = Path.of("site/markdown/coordination.md");

    private final List<String> done = new CopyOnWriteArrayList<>();
    private final Ledger ledger = new Ledger();
    private final Work scheduler = new Work();
    private final String entry = "entry";

    /** What the lock of the page protects. */
    private final class Ledger {
        void append(String added, long token) {
            assertTrue(token > 0);
            done.add(added);
        }
    }

    /** What the leader of the page does. */
    private final class Work {
        void start(Lease lease) {
            assertTrue(lease.token() > 0);
            done.add("started");
        }

        void stop() {
            done.add("stopped");
        }
    }

    @Test
    void thePageShowsTheCodeThatRunsHere() throws Exception {
        assertEquals(
                ShownCode.run(Path.of("test/java/io/coterie/coordination/CoordinationPageTest.java")),
                ShownCode.statements(ShownCode.blocks(PAGE).get(1)));
    }

    @Test
    void thePageImportsWhatTheExampleNames() throws Exception {
        List<String> blocks = ShownCode.blocks(PAGE);
        Set<String> imported = new TreeSet<>(ShownCode.imported(blocks.get(0)));
        imported.add("Override");
        assertEquals(ShownCode.named(blocks.get(1)), imported);
    }

    @Test
    void theExampleRuns() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            Latch others = cluster.node("b").coordination("jobs").latch("ready", 3);
            others.countDown("node-b");
            others.countDown("node-c");
            example(cluster.node("a"));
            assertEquals(0, others.remaining());
        }
    }

    private void example(Coterie coterie) {
        // example begins
        Coordination jobs = coterie.coordination("jobs");

        Lock lock = jobs.lock("billing", Duration.ofSeconds(10));
        Optional<Lease> lease = lock.tryAcquire(Duration.ofSeconds(30));
        if (lease.isPresent()) {
            try (Lease held = lease.get()) {
                ledger.append(entry, held.token()); // the ledger refuses a token below one that it has seen
            }
        }

        Candidacy candidacy = jobs.election("chief", Duration.ofSeconds(10)).campaign(new LeadershipListener() {
            @Override
            public void elected(Lease lease) {
                scheduler.start(lease);
            }

            @Override
            public void deposed() {
                scheduler.stop();
            }
        });

        Semaphore downloads = jobs.semaphore("downloads", 4, Duration.ofSeconds(10));
        Latch ready = jobs.latch("ready", 3);
        ready.countDown("node-a"); // counts once, however often it is tried
        ready.await(Duration.ofMinutes(1));
        // example ends
        Await.until("the candidate leads", () -> done.equals(List.of("entry", "started")));
        candidacy.close();
        Await.until("the candidate leads no longer", () -> done.contains("stopped"));
        assertTrue(downloads.tryAcquire(Duration.ZERO).isPresent());
    }
}
