package io.coterie.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.Coterie;
import io.coterie.Store;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.ConsistencyPolicy;
import io.coterie.rpc.codec.Codec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica that was away gets what it missed, though nobody reads it. */
class CopyRepairTest {
    private static final int KEYS = 2_000;

    private static final Pattern VALUE = Pattern.compile("new[a-z]*[0-9]{4}");

    private static final List<ConsistencyPolicy> POLICIES = List.of(Consistency.strong(), Consistency.eventual());

    @TempDir
    Path directory;

    private static Store<String, String> store(Coterie node, ConsistencyPolicy policy) {
        return node.store("s-" + policy.name(), Codec.utf8(), Codec.utf8(), policy);
    }

    private static Map<String, String> values(String of) {
        Map<String, String> values = new TreeMap<>();
        for (int i = KEYS; i < 2 * KEYS; i++) {
            values.put("k" + i, of + i);
        }
        return values;
    }

    private static void put(Store<String, String> store, Map<String, String> values) {
        values.entrySet().parallelStream().forEach(entry -> store.put(entry.getKey(), entry.getValue()));
    }

    /**
     * Waits for values in the journal of replica c: a read of its copies could be what brings them.
     */
    private void awaitInJournal(Collection<String> values) {
        Await.until(
                "c has " + values.size() + " copies in its journal",
                () -> valuesInJournalOfC().containsAll(values));
    }

    private Set<String> valuesInJournalOfC() {
        Set<String> values = new HashSet<>();
        try (Stream<Path> files = Files.list(directory.resolve("c"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Matcher found = VALUE.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
                while (found.find()) {
                    values.add(found.group());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return values;
    }

    @Test
    void aReplicaThatWasStoppedHasAllCopiesAgain() {
        try (LocalCluster cluster = LocalCluster.in(directory).startAll()) {
            for (ConsistencyPolicy policy : POLICIES) {
                put(store(cluster.node("a"), policy), values("old" + policy.name()));
            }
            cluster.close("c");
            List<String> missed = new ArrayList<>();
            for (ConsistencyPolicy policy : POLICIES) {
                Map<String, String> values = values("new" + policy.name());
                put(store(cluster.node("a"), policy), values);
                missed.addAll(values.values());
            }
            cluster.start("c");
            awaitInJournal(missed);

            Coterie c = cluster.node("c");
            POLICIES.forEach(policy -> store(c, policy).awaitReady(Duration.ofSeconds(60)));
            cluster.close("a", "b");
            for (ConsistencyPolicy policy : POLICIES) {
                Map<String, String> values = values("new" + policy.name());
                Store<String, String> own = store(c, policy).withReadConsistency(Consistency.eventual());
                assertEquals(values, own.getAll(values.keySet()));
            }
        }
    }

    /**
     * The store's record comes with its copies, although nobody opens it at the replica. Messages
     * are so small that questions and answers have to be smaller than usual.
     */
    @Test
    void aReplicaLearnsOfAStoreThatWasOpenedWhileItWasStopped() {
        try (LocalCluster cluster = LocalCluster.in(directory)
                .with(builder -> builder.maxValueBytes(100))
                .startAll()) {
            cluster.close("c");
            Coterie client = cluster.client("x");
            Map<String, String> values = values("new");
            put(store(client, Consistency.strong()), values);
            cluster.close("x");
            cluster.start("c");
            awaitInJournal(values.values());
        }
    }
}
