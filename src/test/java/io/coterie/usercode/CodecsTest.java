package io.coterie.usercode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.CodecFailedException;
import io.coterie.Coterie;
import io.coterie.Store;
import io.coterie.cluster.ServingCluster;
import io.coterie.consistency.Consistency;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

/** Codecs that throw fail their own operation, and say whether it may have been executed. */
class CodecsTest {
    @RegisterExtension
    static final ServingCluster cluster = new ServingCluster();

    private static Store<String, String> texts(Coterie node, String name) {
        return node.store(name, Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    private static <T extends Throwable> T assertSays(Class<T> type, String text, Executable misuse) {
        T thrown = assertThrows(type, misuse);
        assertTrue(String.valueOf(thrown.getMessage()).contains(text), thrown.getMessage());
        return thrown;
    }

    @Test
    void aCodecThatCannotWriteChangesNothing() {
        Store<String, String> store =
                cluster.node("a").store("unwritable", Codec.utf8(), new Broken(true, false), Consistency.strong());
        CodecFailedException failure =
                assertSays(CodecFailedException.class, "could not write a value", () -> store.put("k", "v"));
        assertFalse(failure.maybeExecuted());
        assertEquals(
                "the codec's own", Objects.requireNonNull(failure.getCause()).getMessage());
        CodecFailedException updated = assertThrows(CodecFailedException.class, () -> store.update("k", before -> "v"));
        assertFalse(updated.maybeExecuted());
        assertNull(store.get("k"));
    }

    @Test
    void aCodecThatCannotReadIsNamed() {
        texts(cluster.node("b"), "unreadable").put("k", "v");
        Store<String, String> store =
                cluster.node("a").store("unreadable", Codec.utf8(), new Broken(false, true), Consistency.strong());
        CodecFailedException failure =
                assertSays(CodecFailedException.class, "could not read a value of 1 bytes", () -> store.get("k"));
        assertFalse(failure.maybeExecuted(), "a read changes nothing");
        CodecFailedException updated =
                assertThrows(CodecFailedException.class, () -> store.update("k", before -> before + "!"));
        assertFalse(updated.maybeExecuted(), "the function did not run");
        assertEquals("v", texts(cluster.node("b"), "unreadable").get("k"));
        CodecFailedException blind =
                assertThrows(CodecFailedException.class, () -> store.update("absent", before -> "w"));
        assertTrue(blind.maybeExecuted(), "only the answer could not be read");
        assertEquals("w", texts(cluster.node("b"), "unreadable").get("absent"));
    }

    @Test
    void aCodecThatDiesOfAnErrorEndsItsOperationToo() {
        texts(cluster.node("b"), "deadly").put("k", "v");
        Store<String, String> store = cluster.node("a")
                .store(
                        "deadly",
                        Codec.utf8(),
                        new Codec<String>() {
                            @Override
                            public void encode(String value, ByteWriter out) {
                                throw new StackOverflowError();
                            }

                            @Override
                            public String decode(ByteBuffer in) {
                                throw new StackOverflowError();
                            }
                        },
                        Consistency.strong());
        assertThrows(StackOverflowError.class, () -> store.get("k"));
        assertThrows(StackOverflowError.class, () -> store.put("k", "v"));
    }

    @Test
    void aBlockingCallDecodesOnItsOwnThread() {
        Set<String> decoders = ConcurrentHashMap.newKeySet();
        Codec<String> watched = new Codec<>() {
            @Override
            public void encode(String value, ByteWriter out) {
                Codec.utf8().encode(value, out);
            }

            @Override
            public String decode(ByteBuffer in) {
                decoders.add(Thread.currentThread().getName());
                return Codec.utf8().decode(in);
            }
        };
        Store<String, String> store = cluster.node("a").store("decoders", Codec.utf8(), watched, Consistency.strong());
        store.put("k", "v");
        store.get("k");
        store.update("new", before -> "v");

        assertEquals(Set.of(Thread.currentThread().getName()), decoders);
    }

    private record Broken(boolean writing, boolean reading) implements Codec<String> {
        @Override
        public void encode(String value, ByteWriter out) {
            if (writing) {
                throw new IllegalArgumentException("the codec's own");
            }
            Codec.utf8().encode(value, out);
        }

        @Override
        public String decode(ByteBuffer in) {
            if (reading) {
                throw new IllegalArgumentException("the codec's own");
            }
            return Codec.utf8().decode(in);
        }
    }
}
