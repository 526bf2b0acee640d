package io.coterie.replication.internal.wire;

import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.ScanAnswer;
import io.coterie.replication.spi.ScanRequest;
import io.coterie.replication.spi.ScannedKey;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.node.Role;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a replica is asked for the next keys of a store. */
public final class ScanMethod {
    /** What a replica has accepted for the next keys of a store. */
    public static final RpcMethod<Addressed<ScanRequest>, ScanAnswer> METHOD = Addressed.method(new RpcMethod<>(
                    "replica.scan",
                    Fields.codec(ScanMethod::write, ScanMethod::readRequest),
                    Fields.codec(ScanMethod::write, ScanMethod::readAnswer),
                    true)
            .allowedTo(Role.READER));

    private static final int ALL = 0;
    private static final int UP_TO_LAST = 1;
    private static final int UP_TO = 2;

    private ScanMethod() {}

    private static void write(ScanRequest request, ByteWriter out) {
        out.putLong(request.store())
                .putBlock(request.prefix())
                .putBlock(request.from())
                .putInt(request.limit());
    }

    private static ScanRequest readRequest(ByteBuffer in) {
        long store = in.getLong();
        byte[] prefix = ByteReaders.readBlock(in);
        byte[] from = ByteReaders.readBlock(in);
        int limit = in.getInt();
        if (limit < 1) {
            throw new IllegalArgumentException("a scan with the limit " + limit);
        }
        return new ScanRequest(store, prefix, from, limit);
    }

    private static void write(ScanAnswer answer, ByteWriter out) {
        byte[] upTo = answer.upTo();
        if (upTo == null) {
            out.putByte(ALL);
        } else if (Arrays.equals(upTo, lastOf(answer.keys()))) {
            out.putByte(UP_TO_LAST);
        } else {
            out.putByte(UP_TO).putBlock(upTo);
        }
        out.putInt(answer.keys().size());
        for (ScannedKey key : answer.keys()) {
            out.putBlock(key.key());
            key.accepted().write(out);
            out.putBlock(key.state());
        }
    }

    private static ScanAnswer readAnswer(ByteBuffer in) {
        int kind = in.get();
        if (kind < ALL || kind > UP_TO) {
            throw new IllegalArgumentException("unknown kind of answer " + kind);
        }
        byte[] upTo = kind == UP_TO ? ByteReaders.readBlock(in) : null;
        int count = in.getInt();
        List<ScannedKey> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(new ScannedKey(ByteReaders.readBlock(in), Ballot.read(in), ByteReaders.readBlock(in)));
        }
        return new ScanAnswer(keys, kind == UP_TO_LAST ? lastOf(keys) : upTo);
    }

    private static byte @Nullable [] lastOf(List<ScannedKey> keys) {
        return keys.isEmpty() ? null : keys.get(keys.size() - 1).key();
    }
}
