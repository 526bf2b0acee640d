package io.coterie.replication.internal.wire;

import io.coterie.replication.spi.StoreSpec;
import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The common parts of the layouts of several methods. */
public final class Fields {
    private Fields() {}

    /** A codec that refuses bytes after the value. */
    public static <T> Codec<T> codec(BiConsumer<T, ByteWriter> write, Function<ByteBuffer, T> read) {
        return new Codec<>() {
            @Override
            public void encode(T value, ByteWriter out) {
                write.accept(value, out);
            }

            @Override
            public T decode(ByteBuffer in) {
                T value = read.apply(in);
                if (in.hasRemaining()) {
                    throw new IllegalArgumentException(in.remaining() + " bytes too many");
                }
                return value;
            }
        };
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static String text(ByteBuffer in) {
        return Codec.utf8().decode(ByteBuffer.wrap(ByteReaders.readBlock(in)));
    }

    static @Nullable String optionalText(ByteBuffer in) {
        byte[] bytes = ByteReaders.readOptionalBlock(in);
        return bytes == null ? null : Codec.utf8().decode(ByteBuffer.wrap(bytes));
    }

    static void putBoolean(Boolean yes, ByteWriter out) {
        out.putByte(yes ? 1 : 0);
    }

    static Boolean readBoolean(ByteBuffer in) {
        return in.get() != 0;
    }

    static void putStore(StoreSpec store, ByteWriter out) {
        out.putBlock(utf8(store.name())).putBlock(utf8(store.policy()));
    }

    static StoreSpec readStore(ByteBuffer in) {
        return new StoreSpec(text(in), text(in));
    }

    static void putStores(List<StoreSpec> stores, ByteWriter out) {
        out.putInt(stores.size());
        stores.forEach(store -> putStore(store, out));
    }

    static List<StoreSpec> readStores(ByteBuffer in) {
        int count = in.getInt();
        if (count < 0) {
            throw new IllegalArgumentException(count + " stores");
        }
        List<StoreSpec> stores = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            stores.add(readStore(in));
        }
        return stores;
    }

    /** The last part of a request; absent where each replica is to send the state. */
    static void putSender(@Nullable NodeId sender, ByteWriter out) {
        if (sender != null) {
            out.putBlock(utf8(sender.name()));
        }
    }

    static @Nullable NodeId readSender(ByteBuffer in) {
        return in.hasRemaining() ? NodeId.of(text(in)) : null;
    }
}
