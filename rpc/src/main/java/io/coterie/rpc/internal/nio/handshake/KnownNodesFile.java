package io.coterie.rpc.internal.nio.handshake;

import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.spi.KeyFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The file of the keys by which a node knows others. It has a line for each: the name, a blank and
 * the key's fingerprint.
 */
final class KnownNodesFile {
    static final String NAME = "known-nodes";

    private static final int MAX_BYTES = 64 << 10;
    private static final String COMMENT =
            "# The keys by which this node knows others. Delete the line of a node that has a new key for a"
                    + " good reason.\n";

    private final KeyFiles files;

    KnownNodesFile(KeyFiles files) {
        this.files = files;
    }

    /**
     * All keys in the file.
     *
     * @throws IllegalStateException if a line cannot be read
     */
    Map<NodeId, String> read() throws IOException {
        Map<NodeId, String> all = new TreeMap<>();
        byte[] content = files.read(NAME, MAX_BYTES);
        String[] lines =
                content == null ? new String[0] : new String(content, StandardCharsets.US_ASCII).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                add(all, line, i + 1);
            }
        }
        return all;
    }

    private void add(Map<NodeId, String> all, String line, int number) {
        String[] parts = line.split(" +", -1);
        if (parts.length != 2 || !NodeKey.isFingerprint(parts[1])) {
            throw wrong(number, "is not a name and a fingerprint");
        }
        NodeId node;
        try {
            node = NodeId.of(parts[0]);
        } catch (IllegalArgumentException e) {
            throw wrong(number, "does not begin with the name of a node");
        }
        if (all.put(node, parts[1]) != null) {
            throw wrong(number, "is a second one for node " + node);
        }
    }

    private IllegalStateException wrong(int line, String what) {
        return new IllegalStateException("line " + line + " of " + this + " " + what
                + ". Correct the line, or delete it to accept the key that the node shows next");
    }

    /**
     * Adds a node, or its new key. The other keys stay as they are in the file now; comments are
     * removed.
     */
    void put(NodeId node, String fingerprint) throws IOException {
        Map<NodeId, String> all = read();
        all.put(node, fingerprint);
        write(all);
    }

    /** Removes a node. The other keys stay, as in {@link #put}. */
    void remove(NodeId node) throws IOException {
        Map<NodeId, String> all = read();
        if (all.remove(node) != null) {
            write(all);
        }
    }

    private void write(Map<NodeId, String> all) throws IOException {
        StringBuilder text = new StringBuilder(COMMENT);
        all.forEach((name, key) -> text.append(name).append(' ').append(key).append('\n'));
        files.replace(NAME, text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String toString() {
        return files.where(NAME);
    }
}
