package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.coterie.rpc.spi.Repetition;
import io.coterie.rpc.spi.Scheduler;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What is done again and again is planned in one place, which continues whatever one run throws. A
 * class that sets timers of its own is listed here with its reason.
 */
class TimersTest {
    /** Each plans its next run before it does anything that may throw. */
    private static final Set<String> PLAN_FIRST = Set.of(
            "io.coterie.consistency.internal.pending.Expiry",
            "io.coterie.failuredetector.FailureDetector",
            "io.coterie.rpc.internal.nio.links.Keepalive");

    /**
     * Each waits once: what it is about ends by itself, by its deadline or by the next call, if the
     * task throws.
     */
    private static final Set<String> WAIT_ONCE = Set.of(
            "io.coterie.internal.readiness.MajorityMonitor",
            "io.coterie.internal.readiness.StoreGate",
            "io.coterie.consistency.internal.pending.ConnectionGate",
            "io.coterie.consistency.internal.fetch.OneState",
            "io.coterie.consistency.internal.round.RoundPhases",
            "io.coterie.consistency.internal.scan.ScanRound",
            "io.coterie.consistency.internal.watch.StoreWatch",
            "io.coterie.consistency.internal.key.KeyCoordinator",
            "io.coterie.consistency.internal.coordination.cas.RecordWatches",
            "io.coterie.replication.internal.quorum.Connections",
            "io.coterie.replication.internal.quorum.Fanout",
            "io.coterie.replication.internal.replica.Registration",
            "io.coterie.replication.internal.quorum.StoreOpening",
            "io.coterie.rpc.internal.client.Caller",
            "io.coterie.rpc.internal.client.RetryScheduler",
            "io.coterie.rpc.internal.nio.links.ListeningSocket",
            "io.coterie.rpc.internal.nio.links.PendingHandshakes",
            "io.coterie.rpc.internal.nio.links.Rivals");

    /**
     * Each waits for room in an executor after that threw, and does nothing else when the time is
     * over.
     */
    private static final Set<String> TRY_AGAIN = Set.of("io.coterie.consistency.internal.usercode.SerialExecutor");

    @Test
    void repeatedTasksContinueWhateverTheyThrow() {
        Set<String> allowed = new TreeSet<>(PLAN_FIRST);
        allowed.addAll(WAIT_ONCE);
        allowed.addAll(TRY_AGAIN);
        allowed.add(Repetition.class.getName());
        Set<String> found = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.coterie").stream()
                        .filter(TimersTest::isOfTheLibrary)
                        .filter(TimersTest::setsTimers)
                        .map(TimersTest::outermost)
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(allowed, found, "use Repetition, or say why not");
    }

    private static boolean isOfTheLibrary(JavaClass type) {
        return !type.getPackageName().startsWith("io.coterie.simulation");
    }

    private static boolean setsTimers(JavaClass type) {
        return type.getMethodCallsFromSelf().stream()
                .anyMatch(call -> call.getTarget().getName().equals("schedule")
                        && call.getTargetOwner().isAssignableTo(Scheduler.class));
    }

    private static String outermost(JavaClass type) {
        return type.getEnclosingClass().map(TimersTest::outermost).orElse(type.getFullName());
    }
}
