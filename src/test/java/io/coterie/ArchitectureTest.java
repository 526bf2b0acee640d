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
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.coterie.rpc.Codec;
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

/** Holds the shape of the library: arrows between modules point down, and protocols never reach around their world. */
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

    /** Packages that implement the real world. The facade, which puts it together, is the only other exception. */
    private static final Pattern REAL_WORLD_PACKAGES =
            Pattern.compile("io\\.coterie\\.(?!simulation\\b).*\\binternal\\.(nio|disk)(\\..*)?");

    /** Classes elsewhere that may touch the real world, each with its reason beside it. */
    private static final Set<String> REAL_WORLD_CLASSES = Set.of(
            // Waits on callers' threads, and gives them back their interrupt flag.
            "io.coterie.rpc.LoopFuture",
            // A program of its own, which no node runs: its world is the real one.
            "io.coterie.consistency.RepairBallots");

    /** Types that bring time, threads, chance, sockets or files. Seeded generators are in {@link #SEEDED_RANDOM}. */
    private static final Pattern FORBIDDEN_TYPES = Pattern.compile(String.join(
            "|",
            "java\\.lang\\.(Thread|ThreadGroup|ThreadLocal|InheritableThreadLocal|Process|ProcessBuilder|Runtime)(\\$.*)?",
            "java\\.util\\.(Timer|TimerTask)",
            "java\\.util\\.concurrent\\.(Executors|ExecutorService|ScheduledExecutorService|AbstractExecutorService"
                    + "|ThreadPoolExecutor|ScheduledThreadPoolExecutor|ForkJoin.*|ExecutorCompletionService"
                    + "|ThreadLocalRandom|CountDownLatch|CyclicBarrier|Semaphore|Phaser|Exchanger"
                    + "|.*Blocking(Queue|Deque)|SynchronousQueue|DelayQueue|.*TransferQueue)(\\$.*)?",
            "java\\.util\\.concurrent\\.locks\\..*",
            "java\\.security\\.SecureRandom",
            "java\\.net\\.(.*Socket|.*SocketImpl|.*URLConnection|URL|NetworkInterface)",
            "java\\.net\\.http\\..*",
            "javax\\.net\\.ssl\\.SSL.*Socket(Factory)?",
            "java\\.nio\\.channels\\..*",
            "java\\.nio\\.file\\.(Files|FileSystems?|FileStore|WatchService)",
            "java\\.io\\.(File|FileInputStream|FileOutputStream|FileReader|FileWriter|FileDescriptor"
                    + "|RandomAccessFile|Console)"));

    /** Deterministic once seeded, so the simulation may use them; protocols take what their world draws. */
    private static final Pattern SEEDED_RANDOM =
            Pattern.compile("java\\.util\\.(Random|SplittableRandom)|java\\.util\\.random\\..*");

    /** Methods of otherwise welcome types, as {@code Type.method}, that read a clock, draw chance, block or fork. */
    private static final Pattern FORBIDDEN_METHODS = Pattern.compile(String.join(
            "|",
            "java\\.lang\\.System\\.(nanoTime|currentTimeMillis|identityHashCode)",
            "java\\.lang\\.(Math|StrictMath)\\.random",
            "java\\.lang\\.Object\\.(wait|notify|notifyAll)",
            "java\\.util\\.UUID\\.randomUUID",
            "java\\.time\\..*\\.now",
            "java\\.time\\.(Clock|InstantSource)\\.(system.*|tick.*)",
            "java\\.util\\.concurrent\\.TimeUnit\\.(sleep|timedWait|timedJoin)",
            "java\\.util\\.concurrent\\.CompletableFuture\\.(orTimeout|completeOnTimeout|delayedExecutor|defaultExecutor)",
            "java\\.util\\.Collection\\.parallelStream",
            "java\\.util\\.stream\\..*\\.parallel"));

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
                .should(useOnlyTheirWorld(false))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void theSimulationTouchesNoClockThreadSocketOrFile() {
        classes()
                .that(are(DescribedPredicate.describe(
                        "the simulation", c -> moduleOf(c).equals(SIMULATION))))
                .should(useOnlyTheirWorld(true))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    /**
     * An API package and its implementation name each other, at the builder and by the types returned: cycles through
     * an API package are left out, every other one counts.
     */
    /** The name of a codec travels, and a constant of an enum would give its own name in the source for it. */
    @Test
    void noCodecIsAnEnum() {
        classes().that().areAssignableTo(Codec.class).should().notBeEnums().check(CLASSES);
    }

    @Test
    void packagesFormNoCycles() {
        DescribedPredicate<JavaClass> api = DescribedPredicate.describe("API", c -> isApiPackage(c.getPackageName()));
        slices().matching("(**)")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(api, DescribedPredicate.alwaysTrue())
                .ignoreDependency(DescribedPredicate.alwaysTrue(), api)
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void exceptionsFromTheRuleStillExist() {
        for (String name : REAL_WORLD_CLASSES) {
            assertTrue(CLASSES.contain(name), () -> name + " is gone: take it off the list");
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
                .should(useOnlyTheirWorld(mayUseSeededRandom))
                .evaluate(new ClassFileImporter().importClasses(suspect))
                .getFailureReport()
                .getDetails();
    }

    private static String moduleOf(JavaClass type) {
        String rest = type.getPackageName().substring(BASE.length());
        if (rest.isEmpty() || rest.equals(".internal") || rest.startsWith(".internal.")) {
            return FACADE;
        }
        return rest.substring(1).replaceFirst("\\..*", "");
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().equals(BASE) || type.getPackageName().startsWith(BASE + ".");
    }

    private static boolean isApiPackage(String name) {
        return name.equals(BASE)
                || (name.startsWith(BASE + ".") && MAY_USE.containsKey(name.substring(BASE.length() + 1)));
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

    private static ArchCondition<JavaClass> useOnlyTheirWorld(boolean mayUseSeededRandom) {
        return new ArchCondition<>("take time, threads, chance, sockets and files from their world only") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    String target =
                            dependency.getTargetClass().getBaseComponentType().getFullName();
                    boolean random = SEEDED_RANDOM.matcher(target).matches();
                    if (FORBIDDEN_TYPES.matcher(target).matches() || (random && !mayUseSeededRandom)) {
                        events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
                    }
                }
                for (JavaCodeUnitAccess<?> access : type.getCodeUnitAccessesFromSelf()) {
                    if (isForbidden(access.getTarget())) {
                        events.add(SimpleConditionEvent.violated(type, access.getDescription()));
                    }
                }
            }
        };
    }

    private static boolean isForbidden(CodeUnitAccessTarget target) {
        String owner = target.getOwner().getFullName();
        String name = target.getName();
        int parameters = target.getRawParameterTypes().size();
        if (SEEDED_RANDOM.matcher(owner).matches() && parameters == 0) {
            return name.equals("<init>") || name.equals("getDefault");
        }
        if (owner.equals("java.util.Collections") && name.equals("shuffle")) {
            return parameters == 1;
        }
        if (owner.equals("java.util.Date") && name.equals("<init>")) {
            return parameters == 0;
        }
        if (owner.startsWith("java.util.concurrent.Completable") && name.endsWith("Async")) {
            return !target.getRawParameterTypes()
                    .get(parameters - 1)
                    .getFullName()
                    .equals("java.util.concurrent.Executor");
        }
        return FORBIDDEN_METHODS.matcher(owner + "." + name).matches();
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
            List<Instant> stamp(List<String> names) {
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
