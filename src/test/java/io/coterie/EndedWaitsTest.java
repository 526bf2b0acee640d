package io.coterie;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.coordination.Coordination;
import io.coterie.rpc.codec.Codec;
import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A wait for a node or a store to be ready that is over leaves nothing at the node. */
class EndedWaitsTest {
    private static final int WAITS = 20;

    private static Store<String, String> texts(Coterie node) {
        return node.store("texts", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    private static CompletableFuture<?>[] begin(Supplier<CompletableFuture<Void>> wait) {
        CompletableFuture<?>[] waits = new CompletableFuture<?>[WAITS];
        for (int i = 0; i < WAITS; i++) {
            waits[i] = wait.get();
        }
        return waits;
    }

    private static void assertForgotten(String what, WeakReference<?>[] waits) {
        for (WeakReference<?> wait : waits) {
            Await.until(what + " is forgotten", () -> {
                System.gc();
                return wait.refersTo(null);
            });
        }
    }

    private static WeakReference<?>[] references(CompletableFuture<?>[] waits) {
        WeakReference<?>[] references = new WeakReference<?>[waits.length];
        for (int i = 0; i < waits.length; i++) {
            references[i] = new WeakReference<>(waits[i]);
        }
        return references;
    }

    private static WeakReference<?>[] awaited(Supplier<CompletableFuture<Void>> wait) {
        CompletableFuture<?>[] waits = begin(wait);
        CompletableFuture.allOf(waits).join();
        return references(waits);
    }

    /** The loop has begun these waits before they are cancelled. */
    private static WeakReference<?>[] cancelled(Coterie node, Supplier<CompletableFuture<Void>> wait) {
        CompletableFuture<?>[] waits = begin(wait);
        node.store("another", Codec.utf8(), Codec.utf8(), Consistency.strong());
        for (CompletableFuture<?> one : waits) {
            assertTrue(one.cancel(false));
        }
        return references(waits);
    }

    @Test
    void waitsThatCameToTheirEndAreForgotten() {
        try (LocalCluster cluster = LocalCluster.inMemory().startAll()) {
            Coterie a = cluster.node("a");
            Store<String, String> store = texts(a);
            Coordination coordination = a.coordination("co");

            assertForgotten("a wait for the node", awaited(a::readyAsync));
            assertForgotten("a wait for a store", awaited(store::readyAsync));
            assertForgotten("a wait for coordination", awaited(coordination::readyAsync));
        }
    }

    @Test
    void waitsThatWereCancelledAreForgottenWhileReplicasAreAway() {
        try (LocalCluster cluster = LocalCluster.inMemory()) {
            cluster.start("a");
            Coterie a = cluster.node("a");
            Store<String, String> store = texts(a);
            Coordination coordination = a.coordination("co");

            assertForgotten("a wait for the node", cancelled(a, a::readyAsync));
            assertForgotten("a wait for a store", cancelled(a, store::readyAsync));
            assertForgotten("a wait for coordination", cancelled(a, coordination::readyAsync));
        }
    }
}
