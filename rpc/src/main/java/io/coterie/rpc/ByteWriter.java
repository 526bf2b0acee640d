package io.coterie.rpc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes under construction: grows as needed up to a limit, and is used again after {@link #clear()}. Numbers are written
 * most significant byte first. Not safe for use by several threads at once.
 */
public final class ByteWriter {
    /** One store each: compilers do not merge stores of single bytes. */
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final int limit;
    private byte[] bytes;
    private int size;
    private @Nullable ByteBuffer view;

    /** A writer without a limit of its own (2^31 - 9 bytes). */
    public ByteWriter() {
        this(Integer.MAX_VALUE - 8);
    }

    /**
     * A writer for at most that many bytes.
     *
     * @param limit in bytes; a write past it throws {@link BufferOverflowException} and leaves what was written before
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

    /** Appends four bytes. */
    public ByteWriter putInt(int value) {
        reserve(Integer.BYTES);
        INTS.set(bytes, size, value);
        size += Integer.BYTES;
        return this;
    }

    /** Appends eight bytes. */
    public ByteWriter putLong(long value) {
        reserve(Long.BYTES);
        LONGS.set(bytes, size, value);
        size += Long.BYTES;
        return this;
    }

    /** Appends the array as it is, without its length. */
    public ByteWriter putBytes(byte[] value) {
        return putBytes(value, 0, value.length);
    }

    /** Appends a part of the array as it is, without its length. */
    public ByteWriter putBytes(byte[] value, int offset, int length) {
        reserve(length);
        System.arraycopy(value, offset, bytes, size, length);
        size += length;
        return this;
    }

    /** Appends the buffer's remaining bytes, without their number, and leaves the buffer's position as it is. */
    public ByteWriter putBytes(ByteBuffer value) {
        int length = value.remaining();
        reserve(length);
        value.get(value.position(), bytes, size, length);
        size += length;
        return this;
    }

    /** Appends the array's length as four bytes, then the array. */
    public ByteWriter putBlock(byte[] value) {
        return putInt(value.length).putBytes(value);
    }

    /** Appends a byte of 0 for null; or one of 1, and the {@linkplain #putBlock block}. */
    public ByteWriter putOptionalBlock(byte @Nullable [] value) {
        return value == null ? putByte(0) : putByte(1).putBlock(value);
    }

    /** Writes four bytes over what stands at an offset, say a length that was not known before. */
    public ByteWriter setInt(int offset, int value) {
        if (offset < 0 || offset + Integer.BYTES > size) {
            throw new IndexOutOfBoundsException("offset " + offset + " of " + size + " bytes");
        }
        INTS.set(bytes, offset, value);
        return this;
    }

    /** How many bytes were written. */
    public int size() {
        return size;
    }

    /** Forgets what was written and keeps the memory. */
    public ByteWriter clear() {
        size = 0;
        return this;
    }

    /** Forgets what was written after the first bytes, say a value that its codec gave up on. */
    public ByteWriter truncate(int newSize) {
        if (newSize < 0 || newSize > size) {
            throw new IndexOutOfBoundsException("size " + newSize + " of " + size + " bytes");
        }
        size = newSize;
        return this;
    }

    /** A view of what was written, valid until the next change to this writer, or the next view of it. */
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
