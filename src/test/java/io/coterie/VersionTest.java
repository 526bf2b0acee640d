package io.coterie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.replication.spi.Ballot;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class VersionTest {
    private static final Version LOW = Version.of(new Ballot(1, 9));
    private static final Version HIGH = Version.of(new Ballot(2, -3));

    @Test
    void versionsHaveTheOrderOfTheStates() {
        assertTrue(Version.NONE.compareTo(LOW) < 0);
        assertTrue(LOW.compareTo(HIGH) < 0);
        assertTrue(HIGH.compareTo(LOW) > 0);
        assertEquals(0, LOW.compareTo(Version.of(new Ballot(1, 9))));
        assertTrue(LOW.compareTo(Version.of(new Ballot(1, 10))) < 0);
    }

    @Test
    void versionsOfOneStateAreEqual() {
        Version same = Version.of(new Ballot(1, 9));
        assertEquals(LOW, same);
        assertEquals(LOW.hashCode(), same.hashCode());
        assertEquals(LOW.toString(), same.toString());
        assertNotEquals(LOW, HIGH);
        assertNotEquals(LOW, new Ballot(1, 9));
        assertNotEquals(LOW.toString(), HIGH.toString());
        assertSame(Version.NONE, Version.of(Ballot.NONE));
        assertEquals("none", Version.NONE.toString());
    }

    @Test
    void aUserCanOnlyCompareThem() {
        assertEquals(0, Version.class.getConstructors().length);
        List<String> shown = Arrays.stream(Version.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isBridge())
                .map(method -> method.getName())
                .sorted()
                .toList();
        assertEquals(List.of("compareTo", "equals", "hashCode", "toString"), shown);
        assertFalse(LOW.toString().contains("."), LOW::toString);
    }
}
