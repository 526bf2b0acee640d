package io.coterie.replication.spi;

import io.coterie.rpc.codec.ByteWriter;
import java.nio.ByteBuffer;

/**
 * When and by which process a value of an eventual store was written. Timestamps are totally
 * ordered, by time and then by writer, and no two writes have the same. Immutable.
 *
 * @param time a reading of the writer's {@link io.coterie.replication.clock.HlcClock}
 * @param writer stands for the start of the process that wrote the value; random
 */
public record HlcTimestamp(long time, long writer) implements Comparable<HlcTimestamp> {
    /** Below every timestamp that is ever used. */
    public static final HlcTimestamp NONE = new HlcTimestamp(0, 0);

    @Override
    public int compareTo(HlcTimestamp other) {
        int byTime = Long.compare(time, other.time);
        return byTime != 0 ? byTime : Long.compare(writer, other.writer);
    }

    /** Whether this timestamp is higher than the other. */
    public boolean isAbove(HlcTimestamp other) {
        return compareTo(other) > 0;
    }

    /** Writes the timestamp as messages and journals have it: 16 bytes. */
    public void write(ByteWriter out) {
        out.putLong(time).putLong(writer);
    }

    /** Reads what {@link #write} wrote. */
    public static HlcTimestamp read(ByteBuffer in) {
        return new HlcTimestamp(in.getLong(), in.getLong());
    }
}
