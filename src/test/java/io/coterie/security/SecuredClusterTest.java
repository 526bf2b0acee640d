package io.coterie.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.Coterie;
import io.coterie.CoterieBuilder;
import io.coterie.Store;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.replication.QuorumUnavailableException;
import io.coterie.rpc.IdleStrategy;
import io.coterie.rpc.Security;
import io.coterie.rpc.codec.Codec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The security that is set at the one builder holds between all nodes of the cluster. */
class SecuredClusterTest {
    private static final Security OURS = secret("a secret of this cluster");

    @Test
    void onlyNodesThatKnowTheSecretGetIn() {
        try (LocalCluster cluster = LocalCluster.inMemory()
                .with(builder -> builder.security(OURS).idle(IdleStrategy.spin(Duration.ofMillis(1))))) {
            cluster.startAll();
            Store<String, String> store = texts(cluster.client("friend"));
            store.put("k", "v");
            assertEquals("v", store.get("k"));

            refused(cluster.bare("guesser").security(secret("a secret of somebody else")), "the shared secrets differ");
            refused(cluster.bare("unknown").security(Security.none()), "it requires a shared secret");
        }
    }

    private static void refused(CoterieBuilder builder, String reason) {
        try (Coterie node = builder.operationTimeout(Duration.ofMillis(300)).start()) {
            Await.until(reason, () -> node.status().toString().contains(reason));
            QuorumUnavailableException failure = assertThrows(
                    QuorumUnavailableException.class, () -> texts(node).get("k"));
            assertTrue(failure.getMessage().contains(reason), failure.getMessage());
        }
    }

    private static Security secret(String text) {
        return Security.sharedSecret(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Store<String, String> texts(Coterie node) {
        return node.store("texts", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }
}
