package io.coterie.replication.internal.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coterie.replication.Layouts;
import io.coterie.rpc.codec.ByteWriter;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Journals and nodes of other versions have these bytes, so they never change. */
class ConfigurationFormatTest {
    @Test
    void aConfigurationThatMoves() {
        assertEquals(Configurations.BYTES, hex(Configurations.SAMPLE));
        assertEquals(Configurations.SAMPLE, read(Configurations.BYTES));
    }

    @Test
    void oneByteLessIsRefused() {
        for (int cut = 2; cut < Configurations.BYTES.length(); cut += 2) {
            String part = Configurations.BYTES.substring(0, cut);
            assertThrows(RuntimeException.class, () -> read(part), part);
        }
    }

    /** A message may come from anywhere. Whatever it has, it is read or refused, and no more. */
    @Test
    void anyOtherByteIsReadAsWhatItSaysOrRefused() {
        byte[] bytes = Layouts.bytes(Configurations.BYTES).array();
        for (int at = 0; at < bytes.length; at++) {
            for (int value : new int[] {0, 1, 2, 0x7F, 0x80, 0xFF}) {
                byte[] changed = bytes.clone();
                changed[at] = (byte) value;
                assertReadOrRefused(changed);
            }
        }
    }

    private static void assertReadOrRefused(byte[] bytes) {
        Configuration read;
        try {
            read = ConfigurationFormat.read(ByteBuffer.wrap(bytes));
        } catch (RuntimeException refused) {
            return;
        }
        assertEquals(read, read(hex(read)));
    }

    @Test
    void manyPartitionsOfOneGroupAreOneRange() {
        Configuration many =
                Configuration.genesis(9, Configurations.genesis("a", "b", "c").members(), 1_024);
        Configuration moving = Successors.begin(many, Configurations.id("a"), null);
        assertEquals(moving, read(hex(moving)));
        assertEquals(moving.placement(0), moving.placement(1_023));
        assertEquals(1, moving.ranges().size());
    }

    private static String hex(Configuration configuration) {
        ByteWriter out = new ByteWriter();
        ConfigurationFormat.write(configuration, out);
        return Layouts.hex(out.view());
    }

    private static Configuration read(String hex) {
        return ConfigurationFormat.read(Layouts.bytes(hex));
    }
}
