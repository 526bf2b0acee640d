package io.coterie.rpc.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Collects bytes in memory. It grows as needed up to a limit, and may be used again after {@link
 * #clear()}. Numbers are written most significant byte first. A write that does not fit throws
 * {@link BufferOverflowException} and leaves what was written before.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class ByteWriter {
    /** One store each: compilers do not merge stores of single bytes. */
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final int limit;
    private byte[] bytes;
    private int size;
    private @Nullable ByteBuffer view;

    /** A writer whose limit is that of an array, 2^31 - 9 bytes. */
    public ByteWriter() {
        this(Integer.MAX_VALUE - 8);
    }

    /**
     * A writer with a limit.
     *
     * @param limit the most that it takes, in bytes
     */
    public ByteWriter(int limit) {
        this.limit = limit;
        this.bytes = new byte[Math.min(limit, 256)];
    }

    /** Appends one byte, the lowest eight bits of the value. */
    public ByteWriter putByte(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
        return this;
    }

    /** Appends a number as four bytes. */
    public ByteWriter putInt(int value) {
        reserve(Integer.BYTES);
        INTS.set(bytes, size, value);
        size += Integer.BYTES;
        return this;
    }

    /** Appends a number as eight bytes. */
    public ByteWriter putLong(long value) {
        reserve(Long.BYTES);
        LONGS.set(bytes, size, value);
        size += Long.BYTES;
        return this;
    }

    /** Appends all bytes of the array, without its length. */
    public ByteWriter putBytes(byte[] value) {
        return putBytes(value, 0, value.length);
    }

    /**
     * Appends a part of the array, without its length.
     *
     * @param offset of the first byte
     * @param length how many bytes
     */
    public ByteWriter putBytes(byte[] value, int offset, int length) {
        reserve(length);
        System.arraycopy(value, offset, bytes, size, length);
        size += length;
        return this;
    }

    /**
     * Appends the buffer's remaining bytes, without their number. The buffer's position stays as it
     * is.
     */
    public ByteWriter putBytes(ByteBuffer value) {
        int length = value.remaining();
        reserve(length);
        value.get(value.position(), bytes, size, length);
        size += length;
        return this;
    }

    /**
     * Appends the array's length as four bytes, then the array: {@link ByteReaders#readBlock} reads
     * it.
     */
    public ByteWriter putBlock(byte[] value) {
        return putInt(value.length).putBytes(value);
    }

    /**
     * Appends a byte of 0 for null; or a byte of 1, and the {@linkplain #putBlock block}:
     * {@link ByteReaders#readOptionalBlock} reads it.
     */
    public ByteWriter putOptionalBlock(byte @Nullable [] value) {
        return value == null ? putByte(0) : putByte(1).putBlock(value);
    }

    /**
     * Replaces four bytes, for example by a length that was not known before.
     *
     * @param offset of the first of the four bytes, which must have been written
     * @throws IndexOutOfBoundsException if they have not
     */
    public ByteWriter setInt(int offset, int value) {
        if (offset < 0 || offset + Integer.BYTES > size) {
            throw new IndexOutOfBoundsException("offset " + offset + " of " + size + " bytes");
        }
        INTS.set(bytes, offset, value);
        return this;
    }

    /** How many bytes have been written since the last {@link #clear()}. */
    public int size() {
        return size;
    }

    /** Forgets what was written, and keeps the memory for what comes next. */
    public ByteWriter clear() {
        size = 0;
        return this;
    }

    /**
     * Forgets all but the first bytes, for example a value that its codec failed to write.
     *
     * @param newSize how many bytes stay, 0 to {@link #size()}
     * @throws IndexOutOfBoundsException if it is out of range
     */
    public ByteWriter truncate(int newSize) {
        if (newSize < 0 || newSize > size) {
            throw new IndexOutOfBoundsException("size " + newSize + " of " + size + " bytes");
        }
        size = newSize;
        return this;
    }

    /**
     * A view of what was written, valid until this writer changes or the next view is taken. No
     * copy.
     */
    public ByteBuffer view() {
        ByteBuffer shared = view;
        if (shared == null) {
            shared = ByteBuffer.wrap(bytes);
            view = shared;
        }
        return shared.clear().limit(size);
    }

    /** A copy of what was written. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    private void reserve(int more) {
        if (more > limit - size) {
            throw new BufferOverflowException();
        }
        if (more > bytes.length - size) {
            long doubled = Math.max(2L * bytes.length, (long) size + more);
            bytes = Arrays.copyOf(bytes, (int) Math.min(doubled, limit));
            view = null;
        }
    }
}
