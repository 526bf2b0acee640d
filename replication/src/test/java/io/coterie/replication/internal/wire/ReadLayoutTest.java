package io.coterie.replication.internal.wire;

import static io.coterie.replication.Layouts.ADDRESS;
import static io.coterie.replication.Layouts.BALLOT;
import static io.coterie.replication.Layouts.BALLOT_BYTES;
import static io.coterie.replication.Layouts.KEY;
import static io.coterie.replication.Layouts.KEY_BYTES;
import static io.coterie.replication.Layouts.addressed;
import static io.coterie.replication.Layouts.assertClosed;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.replication.Layouts;
import io.coterie.replication.internal.policy.WatchAnswer;
import io.coterie.replication.internal.policy.WatchRequest;
import io.coterie.replication.spi.ReadAnswer;
import io.coterie.replication.spi.ScanAnswer;
import io.coterie.replication.spi.ScanRequest;
import io.coterie.replication.spi.ScannedKey;
import io.coterie.rpc.RpcMethod;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reads, scans and watches may not change by accident: other versions read them. */
class ReadLayoutTest {
    private static final RpcMethod<Addressed<ReadMethod.Request>, ReadMethod.Found> READ = ReadMethod.BATCH.one();
    private static final byte[] STATE = {(byte) 0xAB};
    private static final String STATE_BYTES = "00000001" + "ab";
    private static final String STORE = "0000000000000009";
    private static final byte[] PREFIX = {'p'};
    private static final String PREFIX_BYTES = "00000001" + "70";
    private static final ScannedKey SCANNED = new ScannedKey(new byte[] {'k'}, BALLOT, STATE);
    private static final String SCANNED_BYTES = "00000001" + "6b" + BALLOT_BYTES + STATE_BYTES;

    /** A request that names who is to send the state is in {@link StateSenderLayoutTest}. */
    @Test
    void read() {
        assertClosed(
                ADDRESS + KEY_BYTES + BALLOT_BYTES, READ.request(), addressed(new ReadMethod.Request(KEY, BALLOT)));
        assertClosed(
                "00" + BALLOT_BYTES + "01" + STATE_BYTES,
                READ.response(),
                new ReadMethod.Found(new ReadAnswer(BALLOT, STATE)));
        assertClosed("00" + "00".repeat(16) + "00", READ.response(), new ReadMethod.Found(ReadAnswer.NOTHING));
        assertClosed("01", READ.response(), ReadMethod.Found.AS_KNOWN);
        ByteBuffer unknown = Layouts.bytes("02");
        assertThrows(IllegalArgumentException.class, () -> READ.response().decode(unknown));
    }

    @Test
    void scan() {
        assertClosed(
                ADDRESS + STORE + PREFIX_BYTES + "00000002" + "7071" + "00000005",
                ScanMethod.METHOD.request(),
                addressed(new ScanRequest(9, PREFIX, new byte[] {'p', 'q'}, 5)));
        assertClosed(
                "00" + "00000001" + SCANNED_BYTES,
                ScanMethod.METHOD.response(),
                new ScanAnswer(List.of(SCANNED), null));
        assertClosed(
                "01" + "00000001" + SCANNED_BYTES,
                ScanMethod.METHOD.response(),
                new ScanAnswer(List.of(SCANNED), new byte[] {'k'}));
        assertClosed(
                "02" + "00000001" + "7a" + "00000001" + SCANNED_BYTES,
                ScanMethod.METHOD.response(),
                new ScanAnswer(List.of(SCANNED), new byte[] {'z'}));
    }

    /**
     * Were one of a later version taken for another, keys would be missing from a scan without a
     * word.
     */
    @Test
    void noOtherKindOfAScansEndIsTaken() {
        for (String kind : List.of("03", "ff")) {
            ByteBuffer answer = Layouts.bytes(kind + "00000001" + SCANNED_BYTES);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> ScanMethod.METHOD.response().decode(answer));
        }
    }

    @Test
    void watch() {
        String numbers = "000000000000000a" + "000000000000000b" + "000000000000000c";
        assertClosed(
                ADDRESS + STORE + PREFIX_BYTES + "00" + numbers,
                WatchMethod.METHOD.request(),
                addressed(new WatchRequest(9, PREFIX, false, 10, 11, 12)));
        assertClosed(
                ADDRESS + STORE + PREFIX_BYTES + "01" + numbers,
                WatchMethod.METHOD.request(),
                addressed(new WatchRequest(9, PREFIX, true, 10, 11, 12)));
        assertClosed(
                ADDRESS + STORE + PREFIX_BYTES + "00" + "000000000000000a" + "0000000000000000" + "ffffffffffffffff",
                WatchMethod.METHOD.request(),
                addressed(WatchRequest.end(9, PREFIX, false, 10)));
        assertClosed(
                "000000000000000b" + "000000000000000d" + "00000001" + SCANNED_BYTES,
                WatchMethod.METHOD.response(),
                new WatchAnswer(11, 13, List.of(SCANNED)));
    }
}
