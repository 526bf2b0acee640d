package io.coterie.benchmarks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds the shape of this module: rooms form no cycles, and its three programs are apart. */
class RoomsTest {
    private static final String BENCHMARKS = "io.coterie.benchmarks";
    private static final String QUICKSTART = "io.coterie.quickstart";
    private static final String CHAOS = "io.coterie.chaos";

    private static final JavaClasses CLASSES = new ClassFileImporter().importPackages(BENCHMARKS, QUICKSTART, CHAOS);

    @Test
    void everyRoomWasScanned() {
        Set<String> scanned = CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());

        for (String room : List.of(
                "harness", "report", "tested", "raw", "peers", "rpc", "store", "overload", "hostile", "detector")) {
            assertTrue(scanned.contains(BENCHMARKS + "." + room), () -> room + " is not in " + scanned);
        }
        assertTrue(scanned.containsAll(Set.of(BENCHMARKS, QUICKSTART, CHAOS)), scanned::toString);
    }

    @Test
    void roomsFormNoCycles() {
        slices().matching("io.coterie.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void benchmarksAndQuickstartAndChaosDoNotUseEachOther() {
        for (String program : List.of(BENCHMARKS, QUICKSTART, CHAOS)) {
            String[] others = List.of(BENCHMARKS, QUICKSTART, CHAOS).stream()
                    .filter(other -> !other.equals(program))
                    .map(other -> other + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(program + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others)
                    .check(CLASSES);
        }
    }
}
