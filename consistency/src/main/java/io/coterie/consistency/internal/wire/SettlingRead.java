package io.coterie.consistency.internal.wire;

import io.coterie.replication.spi.RecordKey;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.Role;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The request of a reader that has found a key which a majority does not agree on: a replica is to
 * read it in the reader's place. The replica may finish the change that was left halfway, which the
 * reader may not.
 *
 * @param nanosLeft how long the reader waits
 */
public record SettlingRead(RecordKey key, long nanosLeft) {
    /** The value of the key; null if it has none. */
    public record Found(byte @Nullable [] value) {}

    /** Served by all replicas, whether the store was opened there or not. */
    public static final RpcMethod<SettlingRead, Found> METHOD =
            new RpcMethod<>("strong.settle", new RequestCodec(), new FoundCodec(), true).allowedTo(Role.READER);

    private static final class RequestCodec implements Codec<SettlingRead> {
        @Override
        public void encode(SettlingRead read, ByteWriter out) {
            out.putLong(read.key().store()).putBlock(read.key().bytes()).putLong(read.nanosLeft());
        }

        @Override
        public SettlingRead decode(ByteBuffer in) {
            RecordKey key = new RecordKey(in.getLong(), ByteReaders.readBlock(in));
            SettlingRead read = new SettlingRead(key, in.getLong());
            requireEnd(in);
            return read;
        }
    }

    private static final class FoundCodec implements Codec<Found> {
        @Override
        public void encode(Found found, ByteWriter out) {
            out.putOptionalBlock(found.value());
        }

        @Override
        public Found decode(ByteBuffer in) {
            Found found = new Found(ByteReaders.readOptionalBlock(in));
            requireEnd(in);
            return found;
        }
    }

    private static void requireEnd(ByteBuffer in) {
        if (in.hasRemaining()) {
            throw new IllegalArgumentException(in.remaining() + " bytes too many");
        }
    }
}
