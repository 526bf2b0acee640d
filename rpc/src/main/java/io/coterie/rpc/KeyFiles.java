package io.coterie.rpc;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where a node keeps the key by which it proves its name, and whose keys it has seen: a few small files, which belong to this node
 * alone. Used by one thread at a time, never the loop; may block.
 */
public interface KeyFiles {
    /**
     * The content of a file, or null if there is none.
     *
     * @param maxBytes a file that is larger is refused
     * @throws IOException if it cannot be read, or is larger
     */
    byte @Nullable [] read(String name, int maxBytes) throws IOException;

    /**
     * Gives a file this content, durably: after a crash it has this content, or the one before. Only its owner may read it, and write
     * to it.
     *
     * @throws IOException if it cannot be written; it has this content then, or the one before
     */
    void replace(String name, byte[] content) throws IOException;

    /** Where a file is, for error texts: its path, for example. */
    String where(String name);
}
