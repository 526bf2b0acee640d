package io.coterie.rpc.spi;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where a node keeps the key by which it proves its name, and the keys of others that it has seen:
 * a few small files, which belong to this node alone ({@link
 * io.coterie.rpc.RpcNodeBuilder#nodeKey}).
 *
 * <p><b>Threading.</b> Used by one thread at a time, never by the loop. The methods may block.
 */
public interface KeyFiles {
    /**
     * The content of a file, or null if there is none.
     *
     * @param name of the file, without a directory
     * @param maxBytes the largest file to read
     * @throws IOException if it cannot be read, or is larger
     */
    byte @Nullable [] read(String name, int maxBytes) throws IOException;

    /**
     * Replaces the content of a file durably. After a crash the file has this content or the one
     * before, and never a part of either. Only the file's owner may read and write it.
     *
     * @param name of the file, without a directory
     * @throws IOException if it cannot be written; the file has this content then, or the one
     *     before
     */
    void replace(String name, byte[] content) throws IOException;

    /** Where a file is, for example its path; for error texts. */
    String where(String name);
}
