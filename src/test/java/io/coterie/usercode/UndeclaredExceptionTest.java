package io.coterie.usercode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.TryCatchBlock;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.coterie.CodecFailedException;
import io.coterie.Coterie;
import io.coterie.Scan;
import io.coterie.Store;
import io.coterie.Watch;
import io.coterie.cluster.Await;
import io.coterie.cluster.LocalCluster;
import io.coterie.consistency.Consistency;
import io.coterie.consistency.coordination.LeadershipListener;
import io.coterie.consistency.coordination.Lease;
import io.coterie.coordination.Candidacy;
import io.coterie.coordination.LeaderElection;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.error.OverloadedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Users' code that throws checked exceptions without declaring them, as code of other languages
 * does.
 */
@SuppressWarnings("try") // Watches and candidacies are there to be closed.
class UndeclaredExceptionTest {
    /** What catches less than everything, and calls no user's code. */
    private static final Set<String> NO_USERS_CODE_CALLED = Set.of(
            // The storage thread and the records of the library's own.
            "io.coterie.replication.internal.wire.BatchedAnswers.deliver",
            "io.coterie.replication.internal.journal.JournalBatch.add",
            "io.coterie.replication.internal.journal.LogJournal.runDue",
            "io.coterie.replication.internal.replica.DurableAnswers.append",
            // A record that is not what the library wrote.
            "io.coterie.consistency.internal.coordination.cas.CasLoop.decide",
            "io.coterie.replication.internal.snapshot.SnapshotReader.parsed",
            // The engine of TLS; what it asks of users' managers runs elsewhere.
            "io.coterie.rpc.internal.nio.tls.TlsWire.wrap",
            "io.coterie.rpc.internal.nio.tls.TlsWire.unwrap",
            "io.coterie.rpc.internal.nio.tls.TlsWire.broken");

    private static final Executor FAULTY = new Executor() {
        private final AtomicInteger calls = new AtomicInteger();

        @Override
        public void execute(Runnable task) {
            if (calls.getAndIncrement() % 3 == 0) {
                io();
            }
            new Thread(task).start();
        }
    };

    private static final LocalCluster cluster = LocalCluster.inMemory();

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> void sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }

    private static void io() {
        UndeclaredExceptionTest.<RuntimeException>sneak(new IOException("on purpose"));
    }

    @BeforeAll
    static void start() {
        cluster.startAll();
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    private static Store<String, String> texts(Coterie node) {
        return node.store("texts", Codec.utf8(), Codec.utf8(), Consistency.strong());
    }

    @Test
    void aListenerThatThrowsOneGetsLaterChanges() {
        Store<String, String> store = texts(cluster.node("a"));
        List<String> reported = new CopyOnWriteArrayList<>();
        try (Watch watch = store.watch("watched", change -> {
            reported.add(String.valueOf(change.value()));
            io();
        })) {
            for (String value : List.of("1", "2", "3")) {
                store.put("watched", value);
                Await.until("reported " + value + ": " + reported, () -> reported.contains(value));
            }
        }
    }

    @Test
    void aLeadershipListenerThatThrowsOneIsStillNotified() {
        LeaderElection election = cluster.node("a").coordination("co").election("e", Duration.ofSeconds(30));
        List<String> reported = new CopyOnWriteArrayList<>();
        try (Candidacy candidacy = election.campaign(new LeadershipListener() {
            @Override
            public void elected(Lease lease) {
                reported.add("elected");
                lease.close();
                io();
            }

            @Override
            public void deposed() {
                reported.add("deposed");
                io();
            }
        })) {
            Await.until(
                    "three elections: " + reported,
                    () -> reported.stream().filter("elected"::equals).count() >= 3);
            assertEquals(
                    List.of("elected", "deposed", "elected", "deposed", "elected"),
                    List.copyOf(reported).subList(0, 5));
        }
    }

    @Test
    void aFunctionThatThrowsOneFailsItsCallerAlone() {
        Store<String, String> store = texts(cluster.node("a"));
        assertThrows(
                IOException.class,
                () -> store.update("updated", value -> {
                    io();
                    return value;
                }));
        ExecutionException thrown = assertThrows(
                ExecutionException.class,
                () -> store.async()
                        .update("updated", value -> {
                            io();
                            return value;
                        })
                        .get(60, TimeUnit.SECONDS));
        assertInstanceOf(IOException.class, thrown.getCause());
        store.put("updated", "v");
        assertEquals("v", store.get("updated"));
    }

    @Test
    void aCodecThatThrowsOneFailsItsOperationsAndNoOthers() {
        Coterie a = cluster.node("a");
        Codec<String> faulty = new Codec<>() {
            @Override
            public void encode(String value, ByteWriter out) {
                if (value.equals("cannot be written")) {
                    io();
                }
                Codec.utf8().encode(value, out);
            }

            @Override
            public String decode(ByteBuffer in) {
                io();
                return "never";
            }
        };
        Store<String, String> store = a.store("faulty", Codec.utf8(), faulty, Consistency.strong());
        store.put("k", "v");
        assertThrows(CodecFailedException.class, () -> store.put("k", "cannot be written"));
        assertThrows(CodecFailedException.class, () -> store.get("k"));
        assertThrows(CodecFailedException.class, () -> store.getAll(List.of("k")));
        assertThrows(CodecFailedException.class, () -> store.scan(Scan.all(), 10));
        assertThrows(CodecFailedException.class, () -> store.update("k", value -> value));
        for (CompletableFuture<?> future : List.of(
                store.async().get("k"),
                store.async().put("k", "cannot be written"),
                store.async().getAll(List.of("k")),
                store.async().scan(Scan.all(), 10),
                store.async().update("k", value -> value))) {
            ExecutionException thrown = assertThrows(ExecutionException.class, () -> future.get(60, TimeUnit.SECONDS));
            assertInstanceOf(CodecFailedException.class, thrown.getCause());
        }
        store.put("k", "w");
        texts(a).put("k", "v");
        assertEquals("v", texts(a).get("k"));
    }

    @Test
    void anExecutorThatThrowsOneFailsNoWatchAndNoElectionAndNotTheKey() {
        try (Coterie x = cluster.builder("x").executor(FAULTY).start()) {
            Store<String, String> store = texts(x);
            int updated = 0;
            for (int i = 0; i < 6; i++) {
                try {
                    store.update("by executor", value -> "v");
                    updated++;
                } catch (OverloadedException refused) {
                    assertFalse(refused.maybeExecuted());
                }
            }
            assertTrue(updated > 0);
            assertEquals("v", store.get("by executor"));
            List<String> reported = new CopyOnWriteArrayList<>();
            try (Watch watch = store.watch("by executor", change -> reported.add(String.valueOf(change.value())))) {
                for (String value : List.of("1", "2", "3", "4")) {
                    store.put("by executor", value);
                    Await.until("reported " + value + ": " + reported, () -> reported.contains(value));
                }
            }
        }
    }

    @Test
    void callersOfUsersCodeCatchAllThatItThrows() {
        Set<String> byHalf = new TreeSet<>();
        int scanned = 0;
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(location -> !location.contains("-test/"))
                .importPackages(
                        "io.coterie.rpc..",
                        "io.coterie.replication..",
                        "io.coterie.consistency..",
                        "io.coterie.failuredetector..")) {
            scanned++;
            byHalf.addAll(caughtByHalf(type));
        }
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(location -> !location.contains("-test/"))
                .importPackages("io.coterie")) {
            if (type.getPackageName().equals("io.coterie")) {
                scanned++;
                byHalf.addAll(caughtByHalf(type));
            }
        }
        assertTrue(scanned > 300, "scanned only " + scanned);
        byHalf.removeAll(NO_USERS_CODE_CALLED);
        assertEquals(Set.of(), byHalf, "catch Throwable, or say here why no user's code is called");
    }

    private static Set<String> caughtByHalf(JavaClass type) {
        Set<String> byHalf = new TreeSet<>();
        for (JavaCodeUnit unit : type.getCodeUnits()) {
            for (TryCatchBlock block : unit.getTryCatchBlocks()) {
                Set<JavaClass> caught = block.getCaughtThrowables();
                boolean some = caught.stream()
                        .anyMatch(one ->
                                one.isEquivalentTo(RuntimeException.class) || one.isEquivalentTo(Exception.class));
                if (some && caught.stream().noneMatch(one -> one.isEquivalentTo(Throwable.class))) {
                    byHalf.add(type.getName() + "." + unit.getName());
                }
            }
        }
        return byHalf;
    }
}
