package io.coterie.replication.internal.wire;

import io.coterie.replication.internal.policy.WatchAnswer;
import io.coterie.replication.internal.policy.WatchRequest;
import io.coterie.replication.spi.Ballot;
import io.coterie.replication.spi.ScannedKey;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteReaders;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.node.Role;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How a replica is asked, again and again, for what it accepts. */
public final class WatchMethod {
    /** After how long a watch is answered although nothing was accepted. */
    public static final long MAX_WAIT_NANOS = Duration.ofSeconds(2).toNanos();

    /** What the replica has accepted since the last request of the watch. */
    public static final RpcMethod<Addressed<WatchRequest>, WatchAnswer> METHOD = Addressed.method(new RpcMethod<>(
                    "replica.watch",
                    Fields.codec(WatchMethod::write, WatchMethod::readRequest),
                    Fields.codec(WatchMethod::write, WatchMethod::readAnswer),
                    true)
            .allowedTo(Role.READER));

    private WatchMethod() {}

    private static void write(WatchRequest request, ByteWriter out) {
        out.putLong(request.store()).putBlock(request.prefix()).putByte(request.single() ? 1 : 0);
        out.putLong(request.watch()).putLong(request.start()).putLong(request.seen());
    }

    private static WatchRequest readRequest(ByteBuffer in) {
        long store = in.getLong();
        byte[] prefix = ByteReaders.readBlock(in);
        boolean single = in.get() != 0;
        return new WatchRequest(store, prefix, single, in.getLong(), in.getLong(), in.getLong());
    }

    private static void write(WatchAnswer answer, ByteWriter out) {
        out.putLong(answer.start())
                .putLong(answer.first())
                .putInt(answer.events().size());
        for (ScannedKey event : answer.events()) {
            out.putBlock(event.key());
            event.accepted().write(out);
            out.putBlock(event.state());
        }
    }

    private static WatchAnswer readAnswer(ByteBuffer in) {
        long start = in.getLong();
        long first = in.getLong();
        int count = in.getInt();
        List<ScannedKey> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(new ScannedKey(ByteReaders.readBlock(in), Ballot.read(in), ByteReaders.readBlock(in)));
        }
        return new WatchAnswer(start, first, events);
    }
}
