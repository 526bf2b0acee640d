package io.coterie.consistency.internal.register;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The last batch of one origin that changed a key, as the key's state remembers it.
 *
 * @param origin which start of which process it came from
 * @param timestamp higher for each later batch of an origin
 * @param attempt which of the origin's own attempts to apply the batch is the one that was: the
 *     origin, and nobody else asks, knows the results of each of its attempts. {@link #BY_ANOTHER}
 *     if another node applied it
 * @param results if another node applied it, the results that cannot be derived from the batch
 *     alone; see {@link ForwardedResults}
 */
public record BatchOutcome(long origin, long timestamp, int attempt, byte[] results) {
    public static final int BY_ANOTHER = -1;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private static final int ATTEMPT = 2 * Long.BYTES;
    private static final int RESULTS = ATTEMPT + Integer.BYTES;

    private static final byte[] NONE = {};

    /** The outcome of a batch that its origin applied. */
    public static BatchOutcome ofOwn(long origin, long timestamp, int attempt) {
        return new BatchOutcome(origin, timestamp, attempt, NONE);
    }

    /** The outcome of a batch that another node applied for its origin. */
    public static BatchOutcome ofForwarded(long origin, long timestamp, byte[] results) {
        return new BatchOutcome(origin, timestamp, BY_ANOTHER, results);
    }

    /** How many bytes {@link #write} writes. */
    public int length() {
        return RESULTS + (attempt == BY_ANOTHER ? Integer.BYTES + results.length : 0);
    }

    public void write(ByteBuffer out) {
        out.putLong(origin).putLong(timestamp).putInt(attempt);
        if (attempt == BY_ANOTHER) {
            out.putInt(results.length).put(results);
        }
    }

    public byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(length());
        write(out);
        return out.array();
    }

    /**
     * Reads what {@link #encode} made.
     *
     * @throws BufferUnderflowException if it is something else
     */
    public static BatchOutcome decode(byte[] bytes) {
        if (endOf(bytes, 0) != bytes.length) {
            throw new BufferUnderflowException();
        }
        return read(bytes, 0);
    }

    /** Where the outcome ends that begins at a place. */
    static int endOf(byte[] bytes, int at) {
        int end = endAt(bytes, at);
        if (end < 0) {
            throw new BufferUnderflowException();
        }
        return end;
    }

    /** Where the outcome that begins at a place ends, or -1 if there is none. */
    static int endAt(byte[] bytes, int at) {
        int end = at + RESULTS;
        if (end > bytes.length || (int) INTS.get(bytes, at + ATTEMPT) != BY_ANOTHER) {
            return end > bytes.length ? -1 : end;
        }
        int begin = end + Integer.BYTES;
        int length = begin > bytes.length ? -1 : (int) INTS.get(bytes, end);
        return length < 0 || length > bytes.length - begin ? -1 : begin + length;
    }

    /**
     * Reads the outcome that begins at a place, which {@link #endOf} has found to be one.
     */
    public static BatchOutcome read(byte[] bytes, int at) {
        int attempt = (int) INTS.get(bytes, at + ATTEMPT);
        byte[] results = attempt == BY_ANOTHER
                ? Arrays.copyOfRange(bytes, at + RESULTS + Integer.BYTES, endOf(bytes, at))
                : NONE;
        return new BatchOutcome(longAt(bytes, at), longAt(bytes, at + Long.BYTES), attempt, results);
    }

    static long longAt(byte[] bytes, int at) {
        return (long) LONGS.get(bytes, at);
    }
}
