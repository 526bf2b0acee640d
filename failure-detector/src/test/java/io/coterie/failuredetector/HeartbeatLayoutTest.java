package io.coterie.failuredetector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes on the wire must not change by accident: other versions read them. */
class HeartbeatLayoutTest {
    private static final String FULL = "01" + "0000000000000102" + "0000000000000003" + "00" + "02" + "0000000000000405"
            + "0000000000000006" + "000003e8";

    private static final List<RpcMethod<Heartbeat, Heartbeat>> METHODS = List.of(
            Heartbeat.method("coterie.heartbeat", new Heartbeat()),
            Heartbeat.method("coterie.heartbeat-echo", new Heartbeat()));

    @Test
    void heartbeatsGoByTheseNames() {
        assertEquals("coterie.heartbeat", Heartbeat.BEAT);
        assertEquals("coterie.heartbeat-echo", Heartbeat.ECHO);
    }

    @Test
    void aHeartbeat() {
        Heartbeat beat = new Heartbeat();
        beat.version = Heartbeat.VERSION;
        beat.start = 0x102;
        beat.number = 3;
        beat.opinion = Heartbeat.Opinion.SUSPECTED;
        beat.heardStart = 0x405;
        beat.heardNumber = 6;
        beat.silentMillis = 1_000;

        for (RpcMethod<Heartbeat, Heartbeat> method : METHODS) {
            assertEquals(FULL, written(method, beat));
            assertEquals(FULL, written(method, read(method, FULL)));
        }
        beat.leaves = true;
        beat.opinion = Heartbeat.Opinion.DOWN;
        beat.silentMillis = -1;
        String leaving = FULL.replace("0002", "0103").replace("000003e8", "ffffffff");
        assertEquals(leaving, written(METHODS.get(0), beat));
        assertEquals(leaving, written(METHODS.get(0), read(METHODS.get(0), leaving)));
    }

    @Test
    void opinionsHaveTheseCodes() {
        String codes = "";
        for (Heartbeat.Opinion opinion : Heartbeat.Opinion.values()) {
            Heartbeat beat = read(METHODS.get(0), FULL);
            beat.opinion = opinion;
            codes += opinion + written(METHODS.get(0), beat).substring(36, 38) + " ";
        }
        assertEquals("UNKNOWN00 UP01 SUSPECTED02 DOWN03 ", codes);
    }

    @Test
    void aHeartbeatOfAnEarlierVersionIsEmpty() {
        assertEquals(Heartbeat.EMPTY, read(METHODS.get(0), "").version);
        assertEquals("", written(METHODS.get(0), new Heartbeat()));
    }

    @Test
    void aHeartbeatOfALaterVersionIsReadAsFarAsItIsKnown() {
        Heartbeat later = read(METHODS.get(0), "02" + FULL.substring(2) + "abcdef");
        assertEquals(2, later.version);
        assertEquals(0x102, later.start);
        assertEquals(1_000, later.silentMillis);
    }

    @Test
    void whatIsNoHeartbeatIsReadAsSuch() {
        String none = "0000000000000000";
        String negative = "8000000000000000";
        List<String> wrong = List.of(
                "01",
                FULL.substring(2),
                "00" + FULL.substring(2),
                FULL.replace("0000000000000102", none),
                FULL.replace("0000000000000102", negative),
                FULL.replace("0000000000000003", none),
                FULL.replace("0000000000000405", negative),
                FULL.replace("0000000000000006", negative),
                FULL.replace("0002", "0004"),
                FULL.replace("0002", "00ff"),
                FULL.replace("000003e8", "fffffffe"));
        for (String bytes : wrong) {
            assertEquals(Heartbeat.MALFORMED, read(METHODS.get(0), bytes).version, bytes);
        }
        for (int cut = 2; cut < FULL.length(); cut += 2) {
            assertEquals(Heartbeat.MALFORMED, read(METHODS.get(0), FULL.substring(0, cut)).version);
        }
    }

    /**
     * A codec's name travels, in the signature of its method. A constant of an enum would give its
     * own name in the source.
     */
    @Test
    void itsCodecHasNoName() {
        for (RpcMethod<Heartbeat, Heartbeat> method : METHODS) {
            for (Codec<Heartbeat> codec : List.of(method.request(), method.response())) {
                assertEquals("", codec.name());
            }
        }
    }

    private static String written(RpcMethod<Heartbeat, Heartbeat> method, Heartbeat beat) {
        ByteWriter out = new ByteWriter();
        method.request().encode(beat, out);
        return HexFormat.of().formatHex(out.toByteArray());
    }

    private static Heartbeat read(RpcMethod<Heartbeat, Heartbeat> method, String hex) {
        return method.request().decode(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
    }
}
