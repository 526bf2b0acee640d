package io.coterie;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Holds the shape of packages: few of their classes reach one another. */
class KnotsTest {
    /**
     * No more classes of a package than these may reach one another: whoever changes one of them
     * has to know them all.
     */
    private static final int MAX_IN_A_CYCLE = 3;

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.coterie");

    @Test
    void classesOfAPackageFormNoKnots() {
        assertEquals(Set.of(), knots(CLASSES, KnotsTest::outermost));
    }

    @Test
    void theRuleSeesAKnot() {
        JavaClasses planted = new ClassFileImporter().importClasses(Knot.class.getDeclaredClasses());

        Set<Set<String>> knots = knots(planted, type -> type);

        assertEquals(1, knots.size(), knots::toString);
        assertEquals(MAX_IN_A_CYCLE + 1, knots.iterator().next().size(), knots::toString);
        // What is nested belongs to one class, which one may have to know as a whole.
        assertEquals(Set.of(), knots(planted, KnotsTest::outermost));
    }

    @Test
    void theRuleLetsAFewClassesReachOneAnother() {
        JavaClasses few = new ClassFileImporter().importClasses(Few.class.getDeclaredClasses());

        assertEquals(Set.of(), knots(few, type -> type));
    }

    private static boolean isOneOfTheKinds(JavaClass kind, JavaClass sealed) {
        return sealed.reflect().isSealed() && kind.getAllRawSuperclasses().contains(sealed);
    }

    /**
     * The sets of too many classes of a package that all reach one another. That a sealed type
     * names those who may extend it, or has a method that makes one, does not count.
     */
    private static Set<Set<String>> knots(JavaClasses types, UnaryOperator<JavaClass> whole) {
        Map<String, Set<String>> uses = new TreeMap<>();
        for (JavaClass type : types) {
            JavaClass from = whole.apply(type);
            Set<String> used = uses.computeIfAbsent(from.getFullName(), name -> new TreeSet<>());
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass to = whole.apply(dependency.getTargetClass().getBaseComponentType());
                if (to.getPackageName().equals(from.getPackageName()) && !isOneOfTheKinds(to, from)) {
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

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(KnotsTest::outermost).orElse(type);
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
}
