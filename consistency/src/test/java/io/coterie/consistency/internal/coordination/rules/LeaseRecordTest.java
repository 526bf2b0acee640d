package io.coterie.consistency.internal.coordination.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records outlive the version that wrote them. */
class LeaseRecordTest {
    private static final LeaseEntry HOLD = new LeaseEntry(new OwnerId(1, 2), 7, 3, 1_000, "a");
    private static final String HOLDS = "00000001" + "0000000000000001" + "0000000000000002" + "0000000000000007"
            + "0000000000000003" + "00000000000003e8" + "00000001" + "61";

    @Test
    void aRecordHasTheseBytes() {
        LeaseRecord record =
                new LeaseRecord(2, 7, 9, true, new OwnerId(3, 4), List.of(HOLD), List.of(new OwnerId(5, 6)));
        String bytes = "4d" + "00000002" + "0000000000000007" + HOLDS + "0000000000000009" + "00000001"
                + "0000000000000005" + "0000000000000006" + "01" + "0000000000000003" + "0000000000000004";
        assertEquals(bytes, HexFormat.of().formatHex(record.encode()));
        assertEquals(record, LeaseRecord.decode(HexFormat.of().parseHex(bytes), 2, "lock"));
    }

    @Test
    void aRecordOfTheTimeBeforeQueuesIsReadWithoutOne() {
        byte[] bytes = HexFormat.of().parseHex("4c" + "00000002" + "0000000000000007" + HOLDS);
        assertEquals(
                new LeaseRecord(2, 7, 0, false, new OwnerId(0, 0), List.of(HOLD), List.of()),
                LeaseRecord.decode(bytes, 2, "lock"));
    }

    @Test
    void noStateComesBackWhenOneWaitsAndLeaves() {
        LeaseRecord record = new LeaseRecord(1, 7, 9, true, new OwnerId(3, 4), List.of(HOLD), List.of());
        OwnerId owner = new OwnerId(5, 6);
        LeaseRecord after = record.withWaiter(owner).without(owner);
        assertEquals(List.of(), after.queue());
        assertTrue(after.lastTicket() > record.lastTicket());
    }
}
