package io.coterie.rpc.internal.nio.handshake;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.security.MapKeyFiles;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Key files outlive the version that wrote them, and operators edit them. */
class KeyFilesLayoutTest {
    private static final NodeId A = NodeId.of("a");
    private static final NodeId B = NodeId.of("b");
    private static final String KEY_OF_A = "SHA256:Vkdap1RjR0wChd9dvyvKtz2mUTWIOem3dIGy6rEHcIw";
    private static final String KEY_OF_B = "SHA256:" + "b".repeat(43);

    private final MapKeyFiles files = new MapKeyFiles();

    /** Worked out by another program: the secret half is 0, 1, 2 and so on to 31. */
    @Test
    void theKeyOfANodeIsReadFromALine() {
        put("node.key", """
                # A comment.
                Ed25519 A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg= MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
                """);

        assertEquals(KEY_OF_A, NodeKey.open(A, files).fingerprint());
    }

    /** The public half has 32 bytes; the secret half 16 that RFC 8410 puts before its 32. */
    @Test
    void aKeyThatIsMadeIsWrittenAsSuchALine() {
        String made = NodeKey.open(A, files).fingerprint();

        String text = text("node.key");
        assertTrue(text.matches("""
                        # The key by which this node proves its name\\. [^\n]*
                        Ed25519 [A-Za-z0-9+/]{43}= MC4CAQAwBQYDK2VwBCIEI[A-P][A-Za-z0-9+/]{42}
                        """), "the file has another layout");
        assertEquals(made, NodeKey.open(A, files).fingerprint());
        assertEquals(text, text("node.key"));
    }

    @Test
    void theKeysOfOthersAreLinesOfNameAndFingerprint() throws IOException {
        KnownNodesFile file = new KnownNodesFile(files);
        file.put(B, KEY_OF_B);
        file.put(A, KEY_OF_A);

        assertEquals(
                "# The keys by which this node knows others. Delete the line of a node that has a new key for a good"
                        + " reason.\n"
                        + "a " + KEY_OF_A + "\n"
                        + "b " + KEY_OF_B + "\n",
                text("known-nodes"));
        assertEquals(Map.of(A, KEY_OF_A, B, KEY_OF_B), file.read());
    }

    @Test
    void commentsAndBlanksMayStandAnywhereAndNothingElse() throws IOException {
        KnownNodesFile file = new KnownNodesFile(files);
        put("known-nodes", "\n  a   " + KEY_OF_A + " \r\n# b\n\n");
        assertEquals(Map.of(A, KEY_OF_A), file.read());
        put("known-nodes", "a " + KEY_OF_A + " more\n");
        assertThrows(IllegalStateException.class, file::read);
    }

    private void put(String name, String text) {
        files.replace(name, text.getBytes(US_ASCII));
    }

    private String text(String name) {
        return new String(Objects.requireNonNull(files.read(name, 4096)), US_ASCII);
    }
}
