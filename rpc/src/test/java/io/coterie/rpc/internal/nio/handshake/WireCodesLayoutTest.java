package io.coterie.rpc.internal.nio.handshake;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.rpc.Layouts;
import io.coterie.rpc.internal.nio.connection.Frame;
import io.coterie.rpc.internal.nio.connection.FrameException;
import io.coterie.rpc.internal.nio.connection.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The numbers of a connection. One that was used never means something else. */
class WireCodesLayoutTest {
    @Test
    void typesOfFrames() {
        Layouts.assertCodes(
                Map.ofEntries(
                        entry(1, Frame.HELLO),
                        entry(2, Frame.WELCOME),
                        entry(3, Frame.REFUSAL),
                        entry(4, Frame.MESSAGE),
                        entry(5, Frame.PING),
                        entry(6, Frame.PONG),
                        entry(7, Frame.CHALLENGE),
                        entry(8, Frame.PROOF),
                        entry(9, Frame.GOAWAY),
                        entry(10, Frame.KEY)),
                Frame.class);
    }

    @Test
    void refusalsOfAConnection() {
        Layouts.assertCodes(
                Map.ofEntries(
                        entry(1, Refusal.OTHER_CLUSTER),
                        entry(2, Refusal.OTHER_VERSION),
                        entry(3, Refusal.OTHER_NODE),
                        entry(4, Refusal.ITSELF),
                        entry(5, Refusal.NAME_TAKEN),
                        entry(6, Refusal.ALREADY_CONNECTED),
                        entry(7, Refusal.OTHER_SECURITY),
                        entry(8, Refusal.OTHER_SECRET),
                        entry(9, Refusal.OTHER_CERTIFICATE),
                        entry(10, Refusal.PLAIN_AND_TLS),
                        entry(11, Refusal.TOO_MANY),
                        entry(12, Refusal.OTHER_ROLE),
                        entry(13, Refusal.OTHER_KEY),
                        entry(14, Refusal.KEY_NOT_KNOWN),
                        entry(15, Refusal.CONNECTED_AS)),
                Refusal.class);
    }

    @Test
    void aRefusalMayGrowAndAChallengeMayNot() throws IOException {
        ByteBuffer refusal = ByteBuffer.wrap(HexFormat.of().parseHex("05" + "026e6f" + "00"));
        assertEquals(new Refusal(Refusal.NAME_TAKEN, "no"), Refusal.read(refusal));
        ByteBuffer challenge = ByteBuffer.allocate(34);
        assertThrows(FrameException.class, () -> Challenge.read(challenge));
    }

    @Test
    void proofs() {
        assertEquals(0, Hello.NO_PROOF);
        assertEquals(1, Hello.SECRET);
    }

    @Test
    void keysThatAreShown() {
        String bytes = "a5".repeat(32);
        assertEquals("00", Layouts.hex(out -> ShownKey.write(null, out)));
        assertEquals("01" + bytes, Layouts.hex(out -> ShownKey.write(shown(true), out)));
        assertEquals("02" + bytes, Layouts.hex(out -> ShownKey.write(shown(false), out)));
    }

    /**
     * Another one is a decision: nodes of older versions must be able to be stopped after those of
     * newer ones are there.
     */
    @Test
    void theVersionsThatAreSpoken() {
        assertEquals(new Versions(4, 4), Versions.OURS);
    }

    private static ShownKey shown(boolean kept) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) 0xA5);
        return new ShownKey(kept, key);
    }
}
