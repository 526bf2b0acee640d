package io.coterie.consistency.internal.coordination.latch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records outlive the version that wrote them. */
class LatchRecordTest {
    @Test
    void anOpenLatchKeepsNoNames() {
        LatchRecord open = new LatchRecord(2, false, List.of()).with("a").with("b");
        assertEquals("4f" + "00000002", HexFormat.of().formatHex(open.encode()));
        assertEquals(0, LatchRecord.decode(open.encode(), 2, "latch").remaining());
    }

    @Test
    void aClosedLatchHasTheNamesOfThoseWhoCounted() {
        LatchRecord closed = new LatchRecord(2, false, List.of()).with("a");
        String bytes = "43" + "00000002" + "00000001" + "00000001" + "61";
        assertEquals(bytes, HexFormat.of().formatHex(closed.encode()));
        assertEquals(closed, LatchRecord.decode(closed.encode(), 2, "latch"));
    }

    @Test
    void aLaterVersionMayAppendToTheRecord() {
        LatchRecord latch = new LatchRecord(2, false, List.of("p"));
        assertEquals(latch, LatchRecord.decode(Arrays.copyOf(latch.encode(), latch.encode().length + 1), 2, "latch"));
    }

    @Test
    void anOpenLatchThatHasNamesIsReadAsOpen() {
        byte[] bytes = HexFormat.of().parseHex("43" + "00000001" + "00000001" + "00000001" + "61");
        assertEquals(0, LatchRecord.decode(bytes, 1, "latch").remaining());
    }
}
