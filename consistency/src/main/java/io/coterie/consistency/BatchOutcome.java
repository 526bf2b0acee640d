package io.coterie.consistency;

import io.coterie.rpc.ByteReaders;
import io.coterie.rpc.ByteWriter;
import java.nio.ByteBuffer;

/**
 * The last batch of one origin that changed a key, as the key's state remembers it.
 *
 * @param origin which start of which process it came from
 * @param stamp higher for each later batch of an origin
 * @param attempt which of the origin's own attempts to apply the batch is the one that was: the origin, and nobody else asks,
 *     knows the results of each of its attempts. {@link #BY_ANOTHER} if another node applied it
 * @param results if another node applied it, the results that cannot be told from the batch alone; see
 *     {@link ForwardedResults}
 */
record BatchOutcome(long origin, long stamp, int attempt, byte[] results) {
    static final int BY_ANOTHER = -1;

    private static final byte[] NONE = {};

    /** Of a batch that its origin applied. */
    static BatchOutcome ofOwn(long origin, long stamp, int attempt) {
        return new BatchOutcome(origin, stamp, attempt, NONE);
    }

    /** Of a batch that another node applied for its origin. */
    static BatchOutcome ofForwarded(long origin, long stamp, byte[] results) {
        return new BatchOutcome(origin, stamp, BY_ANOTHER, results);
    }

    void write(ByteWriter out) {
        out.putLong(origin).putLong(stamp).putInt(attempt);
        if (attempt == BY_ANOTHER) {
            out.putBlock(results);
        }
    }

    static BatchOutcome read(ByteBuffer in) {
        long origin = in.getLong();
        long stamp = in.getLong();
        int attempt = in.getInt();
        return new BatchOutcome(origin, stamp, attempt, attempt == BY_ANOTHER ? ByteReaders.readBlock(in) : NONE);
    }
}
