package io.coterie;

import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.coterie.rpc.codec.Codec;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Holds the shape of the library: arrows between modules point down, and protocols never reach
 * around their world.
 */
class ArchitectureTest {
    private static final String BASE = "io.coterie";
    private static final String FACADE = "facade";
    private static final String SIMULATION = "simulation";

    /** What each module may use besides itself. Nothing outside tests uses the simulation. */
    private static final Map<String, Set<String>> MAY_USE = Map.of(
            "rpc",
            Set.of(),
            SIMULATION,
            Set.of("rpc"),
            "failuredetector",
            Set.of("rpc"),
            "replication",
            Set.of("rpc"),
            "consistency",
            Set.of("rpc", "replication"),
            FACADE,
            Set.of("rpc", "failuredetector", "replication", "consistency"));

    /** Modules that must have contributed classes, or the rules below say nothing about them. */
    private static final List<String> SCANNED_MODULES = List.copyOf(MAY_USE.keySet());

    /**
     * Packages that implement the real world. The facade, which puts it together, is the only other
     * exception.
     */
    private static final Pattern REAL_WORLD_PACKAGES =
            Pattern.compile("io\\.coterie\\.(?!simulation\\b).*\\binternal\\.(nio|disk)(\\..*)?");

    /** Classes elsewhere that may touch the real world, each with its reason beside it. */
    private static final Set<String> REAL_WORLD_CLASSES = Set.of(
            // Waits on callers' threads, and gives them back their interrupt flag.
            "io.coterie.rpc.spi.LoopFuture",
            // A program of its own, which no node runs: its world is the real one.
            "io.coterie.consistency.RepairBallots");

    /**
     * Classes of API packages that put together what lies behind: they name it, and it names the
     * API. Each has its reason beside it.
     */
    private static final Set<String> FACTORIES = Set.of(
            // Builds a node, with its loop, its threads and its transport.
            "io.coterie.rpc.NodeAssembly",
            // Turn what the user chose into the settings of the transport.
            "io.coterie.rpc.Security",
            "io.coterie.rpc.TcpChoices",
            // Puts the part of a node together that replicates.
            "io.coterie.replication.Replication",
            // Names the policies, and what replicas take for their stores.
            "io.coterie.consistency.Consistency",
            // Opens a directory on a real disk.
            "io.coterie.replication.storage.Storage",
            // Puts the node together that users get.
            "io.coterie.Coterie");

    /** Packages of the facade below its own. All others are named after their module. */
    private static final Pattern FACADE_PACKAGES = Pattern.compile("(\\.(coordination|internal)(\\..*)?)?");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(BASE);

    @Test
    void everyModuleWasScanned() {
        Map<String, Long> found = CLASSES.stream()
                .filter(c -> !c.getSimpleName().endsWith("-info"))
                .collect(groupingBy(ArchitectureTest::moduleOf, TreeMap::new, counting()));

        assertTrue(MAY_USE.keySet().containsAll(found.keySet()), () -> "unknown module in " + found);
        assertTrue(
                found.keySet().containsAll(SCANNED_MODULES), () -> "expected " + SCANNED_MODULES + ", found " + found);
    }

    @Test
    void arrowsPointDown() {
        classes().should(useOnlyModulesBelow()).check(CLASSES);
    }

    @Test
    void protocolsTouchNoClockThreadChanceSocketOrFile() {
        classes()
                .that(are(DescribedPredicate.describe("protocol code", ArchitectureTest::isProtocolCode)))
                .should(WorldRule.useOnlyTheirWorld(false))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void theSimulationTouchesNoClockThreadSocketOrFile() {
        classes()
                .that(are(DescribedPredicate.describe(
                        "the simulation", c -> moduleOf(c).equals(SIMULATION))))
                .should(WorldRule.useOnlyTheirWorld(true))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    /**
     * The name of a codec travels, and a constant of an enum would give its own name in the source
     * for it.
     */
    @Test
    void noCodecIsAnEnum() {
        classes().that().areAssignableTo(Codec.class).should().notBeEnums().check(CLASSES);
    }

    /** An API package is named by what implements it, and names that in its factories alone. */
    @Test
    void packagesFormNoCycles() {
        DescribedPredicate<JavaClass> factory = DescribedPredicate.describe("factories", ArchitectureTest::isFactory);
        slices().matching("(**)")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(factory, DescribedPredicate.alwaysTrue())
                .check(CLASSES);
    }

    @Test
    void eachFactoryNamesWhatLiesBehindItsPackage() {
        for (String name : FACTORIES) {
            assertTrue(CLASSES.contain(name), () -> name + " is gone: take it off the list");
            String module = moduleOf(CLASSES.get(name));
            String behind = (module.equals(FACADE) ? BASE : BASE + "." + module) + ".internal.";
            assertTrue(
                    CLASSES.stream()
                            .filter(c -> outermost(c).getFullName().equals(name))
                            .flatMap(c -> c.getDirectDependenciesFromSelf().stream())
                            .anyMatch(d -> d.getTargetClass().getPackageName().startsWith(behind)),
                    () -> name + " names nothing behind its package: take it off the list");
        }
    }

    @Test
    void exceptionsFromTheRuleStillExist() {
        for (Set<String> names : List.of(REAL_WORLD_CLASSES, FACTORIES)) {
            for (String name : names) {
                assertTrue(CLASSES.contain(name), () -> name + " is gone: take it off the list");
            }
        }
    }

    @Test
    void theRuleSeesEveryWayAroundTheWorld() {
        for (Class<?> breach : Breaches.class.getDeclaredClasses()) {
            assertFalse(violations(breach, false).isEmpty(), () -> breach.getSimpleName() + " was not seen");
        }
    }

    @Test
    void theRuleLetsTheSimulationSeedAGenerator() {
        assertEquals(List.of(), violations(Seeded.class, true));
        assertFalse(violations(Seeded.class, false).isEmpty());
        assertFalse(violations(Unseeded.class, true).isEmpty());
    }

    private static List<String> violations(Class<?> suspect, boolean mayUseSeededRandom) {
        return classes()
                .should(WorldRule.useOnlyTheirWorld(mayUseSeededRandom))
                .evaluate(new ClassFileImporter().importClasses(suspect))
                .getFailureReport()
                .getDetails();
    }

    private static String moduleOf(JavaClass type) {
        String rest = type.getPackageName().substring(BASE.length());
        return FACADE_PACKAGES.matcher(rest).matches()
                ? FACADE
                : rest.substring(1).replaceFirst("\\..*", "");
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().equals(BASE) || type.getPackageName().startsWith(BASE + ".");
    }

    private static boolean isFactory(JavaClass type) {
        return FACTORIES.contains(outermost(type).getFullName());
    }

    private static boolean isProtocolCode(JavaClass type) {
        String module = moduleOf(type);
        return !module.equals(FACADE)
                && !module.equals(SIMULATION)
                && !REAL_WORLD_PACKAGES.matcher(type.getPackageName()).matches()
                && !REAL_WORLD_CLASSES.contains(outermost(type).getFullName());
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
    }

    private static ArchCondition<JavaClass> useOnlyModulesBelow() {
        return new ArchCondition<>("use only modules below their own") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String from = moduleOf(type);
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    if (!isOurs(target)) {
                        continue;
                    }
                    String to = moduleOf(target);
                    if (!from.equals(to)
                            && !MAY_USE.getOrDefault(from, Set.of()).contains(to)) {
                        events.add(SimpleConditionEvent.violated(
                                type, from + " must not use " + to + ": " + dependency.getDescription()));
                    }
                }
            }
        };
    }

    /** One way around the world each. */
    @SuppressWarnings("unused")
    private static final class Breaches {
        static final class ReadsAClock {
            long now() {
                return System.nanoTime();
            }
        }

        static final class HandsOnAClock {
            LongSupplier clock() {
                return System::currentTimeMillis;
            }
        }

        static final class ReadsAClockInALambda {
            List<Instant> timestamp(List<String> names) {
                return names.stream().map(name -> Instant.now()).toList();
            }
        }

        static final class HoldsAThread {
            final AtomicReference<Thread> owner = new AtomicReference<>(Thread.currentThread());
        }

        static final class ForksTheCommonPool {
            CompletableFuture<Void> run() {
                return CompletableFuture.runAsync(() -> {});
            }
        }

        static final class WaitsOnTheCommonTimer {
            CompletableFuture<Void> limit(CompletableFuture<Void> future) {
                return future.orTimeout(1, TimeUnit.SECONDS);
            }
        }

        static final class DrawsChance {
            double draw() {
                return Math.random();
            }
        }

        static final class DrawsAnId {
            String draw() {
                return UUID.randomUUID().toString();
            }
        }

        static final class OpensAFile {
            boolean exists(Path path) {
                return Files.exists(path);
            }
        }

        static final class OpensAChannel {
            boolean open(SocketChannel channel) {
                return channel.isOpen();
            }
        }

        static final class TakesALock {
            void run(Lock lock) {
                lock.lock();
            }
        }
    }

    @SuppressWarnings("unused")
    private static final class Seeded {
        RandomGenerator generator(long seed) {
            return new SplittableRandom(seed);
        }
    }

    @SuppressWarnings("unused")
    private static final class Unseeded {
        RandomGenerator generator() {
            return new SplittableRandom();
        }
    }
}
