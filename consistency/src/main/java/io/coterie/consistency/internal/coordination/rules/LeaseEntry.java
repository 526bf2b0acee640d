package io.coterie.consistency.internal.coordination.rules;

import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.codec.ByteWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The entry of one lease in a record.
 *
 * @param token the fencing token
 * @param beat higher each time the holder writes: one that stands still for long has been given up
 * @param durationNanos how long the holder counts itself valid from before it sent a beat
 * @param name the holder's node, as human-readable text
 */
public record LeaseEntry(OwnerId owner, long token, long beat, long durationNanos, String name) {
    void encode(ByteWriter out) {
        owner.encode(out);
        out.putLong(token).putLong(beat).putLong(durationNanos);
        out.putBlock(name.getBytes(StandardCharsets.UTF_8));
    }

    static LeaseEntry decode(ByteBuffer in) {
        OwnerId owner = OwnerId.decode(in);
        long token = in.getLong();
        long beat = in.getLong();
        long durationNanos = in.getLong();
        return new LeaseEntry(
                owner, token, beat, durationNanos, new String(ByteReaders.readBlock(in), StandardCharsets.UTF_8));
    }
}
