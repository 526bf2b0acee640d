package io.coterie.replication.internal.snapshot;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The bytes of a snapshot.
 *
 * <pre>
 * bytes
 *     8  magic, "COTERIES"
 *     4  version of the format, 1
 *        frames: length of the content (4), content, check (4)
 * </pre>
 *
 * <p>The content of a frame is its kind (1) and what is of that kind. The check is the CRC32C of
 * all bytes of the file before it, except earlier checks. So no frame can be missing, or be in
 * another place.
 */
final class SnapshotFormat {
    static final long MAGIC = 0x434f544552494553L;
    static final int VERSION = 1;
    static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;

    static final int HEAD = 1;
    static final int ENTRIES = 2;
    static final int END = 3;

    /** About how long a frame gets, unless its only entry is longer. */
    static final int FRAME_BYTES = 128 << 10;

    /** Above the longest entry of a journal. */
    static final int MAX_FRAME_BYTES = 97 << 20;

    private SnapshotFormat() {}

    /** The first bytes, which the checks include. */
    static ByteBuffer header() {
        return ByteBuffer.allocate(HEADER_BYTES).putLong(MAGIC).putInt(VERSION).flip();
    }

    static void update(CRC32C check, int length) {
        check.update(ByteBuffer.allocate(Integer.BYTES).putInt(length).flip());
    }
}
