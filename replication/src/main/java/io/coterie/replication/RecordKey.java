package io.coterie.replication;

import io.coterie.rpc.ByteReaders;
import io.coterie.rpc.ByteWriter;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Names one record among all stores: the store's number and the key's bytes. Immutable. */
public final class RecordKey {
    private final long store;
    private final byte[] key;
    private final int hash;

    /**
     * A key.
     *
     * @param key not to be changed afterwards
     */
    public RecordKey(long store, byte[] key) {
        this.store = store;
        this.key = key;
        this.hash = hash(store, key);
    }

    /** Mixes every bit of the key (FNV-1a): {@link Arrays#hashCode} has numeric keys fall into a few buckets. */
    private static int hash(long store, byte[] key) {
        long hash = store;
        for (byte b : key) {
            hash = (hash ^ b) * 0x100000001b3L;
        }
        return Long.hashCode(hash);
    }

    /** The number of the store, see {@link StoreSpec#id()}. */
    public long store() {
        return store;
    }

    /** The key's bytes, not to be changed. */
    public byte[] bytes() {
        return key;
    }

    boolean startsWith(byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** How many bytes the key has. */
    public int length() {
        return key.length;
    }

    void write(ByteWriter out) {
        out.putLong(store).putBlock(key);
    }

    static RecordKey read(ByteBuffer in) {
        return new RecordKey(in.getLong(), ByteReaders.readBlock(in));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RecordKey that
                && hash == that.hash
                && store == that.store
                && Arrays.equals(key, that.key);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** The key in hexadecimal: it may be a user's secret, so this is for traces only. */
    @Override
    public String toString() {
        return Long.toHexString(store) + "/" + java.util.HexFormat.of().formatHex(key);
    }
}
