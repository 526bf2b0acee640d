package io.coterie;

import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toCollection;
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
import io.coterie.rpc.codec.Codec;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
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

    /**
     * No more classes of a package than these may reach one another: whoever changes one of them
     * has to know them all.
     */
    private static final int MAX_IN_A_CYCLE = 3;

    /**
     * Types that bring time, threads, chance, sockets or files. Seeded generators are in {@link
     * #SEEDED_RANDOM}.
     */
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

    /**
     * Deterministic once seeded, so the simulation may use them; protocols take what their world
     * draws.
     */
    private static final Pattern SEEDED_RANDOM =
            Pattern.compile("java\\.util\\.(Random|SplittableRandom)|java\\.util\\.random\\..*");

    /**
     * Methods of otherwise welcome types, as {@code Type.method}, that read a clock, draw chance,
     * block or fork.
     */
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
    void classesOfAPackageFormNoKnots() {
        assertEquals(Set.of(), knots(CLASSES, ArchitectureTest::outermost));
    }

    @Test
    void theRuleSeesAKnot() {
        JavaClasses planted = new ClassFileImporter().importClasses(Knot.class.getDeclaredClasses());

        Set<Set<String>> knots = knots(planted, type -> type);

        assertEquals(1, knots.size(), knots::toString);
        assertEquals(MAX_IN_A_CYCLE + 1, knots.iterator().next().size(), knots::toString);
        // What is nested belongs to one class, which one may have to know as a whole.
        assertEquals(Set.of(), knots(planted, ArchitectureTest::outermost));
    }

    @Test
    void theRuleLetsAFewClassesReachOneAnother() {
        JavaClasses few = new ClassFileImporter().importClasses(Few.class.getDeclaredClasses());

        assertEquals(Set.of(), knots(few, type -> type));
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
                .should(useOnlyTheirWorld(mayUseSeededRandom))
                .evaluate(new ClassFileImporter().importClasses(suspect))
                .getFailureReport()
                .getDetails();
    }

    /**
     * The sets of too many classes of a package that all reach one another. That a sealed type
     * names those who may extend it does not count: it uses nothing of them.
     */
    private static Set<Set<String>> knots(JavaClasses types, UnaryOperator<JavaClass> whole) {
        Map<String, Set<String>> uses = new TreeMap<>();
        for (JavaClass type : types) {
            JavaClass from = whole.apply(type);
            Set<String> used = uses.computeIfAbsent(from.getFullName(), name -> new TreeSet<>());
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass to = whole.apply(dependency.getTargetClass().getBaseComponentType());
                if (to.getPackageName().equals(from.getPackageName())) {
                    used.add(to.getFullName());
                }
            }
        }
        Map<String, Set<String>> reached = new TreeMap<>();
        uses.keySet().forEach(from -> reached.put(from, reachedFrom(from, uses)));
        Set<Set<String>> knots = new LinkedHashSet<>();
        reached.forEach((from, all) -> {
            Set<String> cycle = all.stream()
                    .filter(to -> reached.getOrDefault(to, Set.of()).contains(from))
                    .collect(toCollection(TreeSet::new));
            if (cycle.size() > MAX_IN_A_CYCLE) {
                knots.add(cycle);
            }
        });
        return knots;
    }

    private static Set<String> reachedFrom(String from, Map<String, Set<String>> uses) {
        Set<String> reached = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(uses.get(from));
        while (!open.isEmpty()) {
            String next = open.removeFirst();
            if (reached.add(next)) {
                open.addAll(uses.getOrDefault(next, Set.of()));
            }
        }
        return reached;
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

    /** Each uses the next: too many. */
    @SuppressWarnings("unused")
    private static final class Knot {
        static final class One {
            Two field;
        }

        static final class Two {
            Three returned() {
                return null;
            }
        }

        static final class Three {
            Object made() {
                return new Four();
            }
        }

        static final class Four {
            Runnable inALambda(Object one) {
                return () -> ((One) one).field = null;
            }
        }

        /** Uses them, and is used by none. */
        static final class Aside {
            One one;
        }
    }

    /** No more than may reach one another. */
    @SuppressWarnings("unused")
    private static final class Few {
        static final class First {
            Second field;
        }

        static final class Second {
            Third field;
        }

        static final class Third {
            First field;
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
