package io.coterie.rpc.internal.nio.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class VersionsTest {
    @Test
    void theHighestThatBothSpeakIsTaken() {
        Versions two = new Versions(2, 2);
        assertEquals(2, two.common(two));
        assertEquals(2, two.common(new Versions(1, 9)));
        assertEquals(2, new Versions(1, 9).common(two));
        assertEquals(4, new Versions(2, 4).common(new Versions(3, 9)));
        assertEquals(4, new Versions(3, 9).common(new Versions(2, 4)));
        assertEquals(3, new Versions(1, 3).common(new Versions(3, 5)));
    }

    @Test
    void rangesThatDoNotOverlapHaveNoneInCommon() {
        Versions two = new Versions(2, 2);
        assertEquals(Versions.NONE, two.common(new Versions(1, 1)));
        assertEquals(Versions.NONE, two.common(new Versions(3, 9)));
        assertEquals(Versions.NONE, new Versions(1, 2).common(new Versions(3, 4)));
        // What no node sends, but somebody may.
        assertEquals(Versions.NONE, two.common(new Versions(9, 1)));
        assertEquals(Versions.NONE, two.common(new Versions(3, 2)));
        assertEquals(Versions.NONE, two.common(new Versions(0, 0)));
    }
}
