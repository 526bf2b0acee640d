package io.coterie.rpc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1:7400", "localhost:0", "[::1]:65535", "[fe80::1%eth0]:1"})
    void anAddressReadsBackAsItIsWritten(String text) {
        assertEquals(text, HostPort.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "localhost",
                "localhost:",
                ":7400",
                "h:-1",
                "h:65536",
                "h:7x",
                "::1:7400",
                "[]:1",
                "h:99999999999"
            })
    void whatIsNoAddressIsRefusedWithTheText(String text) {
        IllegalArgumentException failure = assertThrows(IllegalArgumentException.class, () -> HostPort.parse(text));

        assertTrue(failure.getMessage().startsWith("address \"" + text + "\""), failure.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "ä", "a/b", "a\n"})
    void whatIsNoNodeNameIsRefusedWithTheText(String text) {
        IllegalArgumentException failure = assertThrows(IllegalArgumentException.class, () -> NodeId.of(text));

        assertTrue(failure.getMessage().startsWith("node name \"" + text + "\""), failure.getMessage());
    }

    @Test
    void aNodeNameHasAtMost64Characters() {
        assertEquals(64, NodeId.of("n".repeat(64)).toString().length());
        assertThrows(IllegalArgumentException.class, () -> NodeId.of("n".repeat(65)));
    }
}
