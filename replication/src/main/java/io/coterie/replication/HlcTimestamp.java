package io.coterie.replication;

import io.coterie.rpc.ByteWriter;
import java.nio.ByteBuffer;

/**
 * When and by which process a value of an eventual store was written. Stamps are totally ordered,
 * by time and then by writer, and no two writes have the same. Immutable.
 *
 * @param time a reading of the writer's {@link io.coterie.replication.clock.StampClock}
 * @param writer stands for the start of the process that wrote the value; random
 */
public record Stamp(long time, long writer) implements Comparable<Stamp> {
    /** Below every stamp that is ever used. */
    public static final Stamp NONE = new Stamp(0, 0);

    @Override
    public int compareTo(Stamp other) {
        int byTime = Long.compare(time, other.time);
        return byTime != 0 ? byTime : Long.compare(writer, other.writer);
    }

    /** Whether this stamp is higher than the other. */
    public boolean isAbove(Stamp other) {
        return compareTo(other) > 0;
    }

    /** Writes the stamp as messages and journals have it: 16 bytes. */
    public void write(ByteWriter out) {
        out.putLong(time).putLong(writer);
    }

    /** Reads what {@link #write} wrote. */
    public static Stamp read(ByteBuffer in) {
        return new Stamp(in.getLong(), in.getLong());
    }
}
