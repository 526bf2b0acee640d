package io.coterie.replication.spi;

import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.codec.ByteWriter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Names one record among all stores: the store's number and the key's bytes. Immutable, except that
 * the array of bytes is shared: nobody may change it.
 *
 * <p>Tables have so many keys that each object on the way costs a cache miss. So the first 16 bytes
 * are fields of this object, and most comparisons do not read the arrays. A class that keeps
 * something for a key may extend this one, so that both are one object. Such an object equals every
 * other one with the same key.
 */
public class RecordKey {
    /** The most bytes of a key that replicas accept: 4 KiB. */
    public static final int MAX_BYTES = 4 << 10;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int INLINE_BYTES = 2 * Long.BYTES;

    private final long store;
    private final long first;
    private final long second;
    private final byte[] key;
    private final int length;
    private final int hash;

    /**
     * A key. The hash is computed here, in one pass over the bytes.
     *
     * @param store the number of the store, see {@link StoreSpec#id()}
     * @param key 0 or more bytes, not to be changed afterwards
     */
    public RecordKey(long store, byte[] key) {
        this.store = store;
        this.key = key;
        this.length = key.length;
        this.first = eightBytes(key, 0);
        this.second = eightBytes(key, Long.BYTES);
        long mixed = mixed(mixed(mixed(store + key.length) ^ first) ^ second);
        for (int at = INLINE_BYTES; at < key.length; at += Long.BYTES) {
            mixed = mixed(mixed ^ eightBytes(key, at));
        }
        this.hash = Long.hashCode(mixed);
    }

    /** A copy that shares the array of bytes. */
    protected RecordKey(RecordKey key) {
        this.store = key.store;
        this.first = key.first;
        this.second = key.second;
        this.key = key.key;
        this.length = key.length;
        this.hash = key.hash;
    }

    /** Up to eight bytes from an index on, with zeros for those past the end. */
    private static long eightBytes(byte[] key, int from) {
        if (from <= key.length - Long.BYTES) {
            return (long) LONGS.get(key, from);
        }
        long bytes = 0;
        for (int at = from; at < key.length; at++) {
            bytes |= (key[at] & 0xffL) << (Byte.SIZE * (at - from));
        }
        return bytes;
    }

    /**
     * A step of the finalizer of MurmurHash3: {@link Arrays#hashCode} would put numeric keys into a
     * few buckets.
     */
    private static long mixed(long bits) {
        long mixed = (bits ^ (bits >>> 33)) * 0xff51afd7ed558ccdL;
        return mixed ^ (mixed >>> 33);
    }

    /** The number of the store, see {@link StoreSpec#id()}. */
    public final long store() {
        return store;
    }

    /** The key's bytes, not to be changed. */
    public final byte[] bytes() {
        return key;
    }

    /** Whether the key begins with all bytes of the prefix. */
    public boolean startsWith(byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** How many bytes the key has. */
    public final int length() {
        return length;
    }

    /** Writes the key as messages and journals have it. */
    public void write(ByteWriter out) {
        out.putLong(store).putBlock(key);
    }

    /** Reads what {@link #write} wrote. */
    public static RecordKey read(ByteBuffer in) {
        return new RecordKey(in.getLong(), ByteReaders.readBlock(in));
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof RecordKey that
                && hash == that.hash
                && store == that.store
                && first == that.first
                && second == that.second
                && ((length == that.length && length <= INLINE_BYTES) || Arrays.equals(key, that.key));
    }

    @Override
    public final int hashCode() {
        return hash;
    }

    /** The key in hexadecimal. It may be a user's secret, so use this in traces only. */
    @Override
    public final String toString() {
        return Long.toHexString(store) + "/" + java.util.HexFormat.of().formatHex(key);
    }
}
