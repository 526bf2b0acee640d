package io.coterie;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.regex.Pattern;

/**
 * The rule of what reaches around a world: clocks, threads, chance, sockets and files that do not
 * come from it.
 */
final class WorldRule {
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

    static ArchCondition<JavaClass> useOnlyTheirWorld(boolean mayUseSeededRandom) {
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

    private WorldRule() {}
}
