package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.codec.Codec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A spare takes the place of a dead member, over real connections. */
class SparesTest {
    @TempDir
    Path directory;

    private static Store<String, String> strong(Coterie node) {
        return node.store("strong", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    private static String names(Coterie node) {
        return node.members().view().members().stream()
                .map(member -> member.name().name())
                .sorted()
                .toList()
                .toString();
    }

    private static void awaitMembers(Coterie node, String names) {
        Await.until(
                "the members are " + names,
                () -> names(node).equals(names) && !node.members().view().isChanging());
    }

    @Test
    void aSpareTakesThePlaceOfADeadMember() {
        LocalCluster settings = LocalCluster.in(directory).with(builder -> builder.autoReplace(Duration.ofSeconds(10)));
        try (LocalCluster cluster = settings.startAll()) {
            strong(cluster.node("a")).put("k", "v");
            cluster.listing("a", "b", "c", "d").start("d");
            String spare = "[d at 127.0.0.1:" + cluster.port("d") + "]";
            Await.until(
                    "a and b know the spare",
                    () -> List.of(cluster.node("a"), cluster.node("b")).stream()
                            .allMatch(node ->
                                    node.members().view().spares().toString().equals(spare)));
            cluster.close("c");
            awaitMembers(cluster.node("a"), "[a, b, d]");
            awaitMembers(cluster.node("d"), "[a, b, d]");
            assertTrue(cluster.node("a").members().view().spares().isEmpty());
            cluster.close("a");
            assertEquals("v", strong(cluster.node("d")).get("k"));
        }
    }
}
