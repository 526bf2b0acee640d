package io.coterie.replication;

import io.coterie.rpc.ByteReaders;
import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.NodeId;
import io.coterie.rpc.ReplyHandler;
import io.coterie.rpc.Responder;
import io.coterie.rpc.Role;
import io.coterie.rpc.RpcException;
import io.coterie.rpc.RpcMethod;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One question to one replica, which answers when it has something to tell. */
final class WatchPoll implements ReplyHandler<WatchAnswer>, Responder<WatchAnswer> {
    /** A full answer may take a slow link that long. */
    private static final long SLOW_ANSWER_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** What does not pass by itself, as a failure of a replica or of the network does. */
    private static final Set<RefusalKind> LASTING = Set.of(
            RefusalKind.TOO_MANY_WATCHES, RefusalKind.LONG_PREFIX, RefusalKind.OTHER_REPLICAS, RefusalKind.TOO_LARGE);

    /** Tells what is accepted. */
    static final RpcMethod<WatchRequest, WatchAnswer> METHOD = new RpcMethod<>(
                    "replica.watch",
                    ReplicaMethods.codec(WatchPoll::write, WatchPoll::readRequest),
                    ReplicaMethods.codec(WatchPoll::write, WatchPoll::readAnswer),
                    true)
            .allowedTo(Role.READER);

    private final Replication replication;
    private final WatchRequest request;
    private final Consumer<@Nullable WatchAnswer> then;

    WatchPoll(Replication replication, WatchRequest request, Consumer<@Nullable WatchAnswer> then) {
        this.replication = replication;
        this.request = request;
        this.then = then;
    }

    /**
     * Asks.
     *
     * @param local the replica, if it is this node's own
     */
    void start(NodeId replica, @Nullable Replica local) {
        if (local == null) {
            long answer = replication.tellsOfLoss() ? SLOW_ANSWER_NANOS : replication.attemptNanos();
            long timeout = Watchers.LONGEST_WAIT_NANOS + answer;
            replication.node().send(replica, METHOD, request, timeout, this);
        } else {
            local.watch(replica, request, replication.node().maxPayloadBytes(), this);
        }
    }

    @Override
    public void onReply(NodeId peer, WatchAnswer response) {
        then.accept(response);
    }

    @Override
    public void onFailure(NodeId peer, RpcException failure) {
        failed(peer, RefusalKind.of(failure), replication.describe(peer, failure));
    }

    @Override
    public void reply(WatchAnswer response) {
        then.accept(response);
    }

    @Override
    public void fail(Throwable error) {
        failed(replication.self(), RefusalKind.of(error), String.valueOf(error.getMessage()));
    }

    private void failed(NodeId replica, RefusalKind kind, String problem) {
        StoreSpec store = replication.stores().find(request.store());
        if (LASTING.contains(kind)) {
            replication.watches().refused(replica, request.store(), problem);
        }
        if (store != null && kind == RefusalKind.UNKNOWN_STORE) {
            replication.stores().introduce(replica, store, told -> then.accept(null));
        } else {
            then.accept(null);
        }
    }

    private static void write(WatchRequest request, ByteWriter out) {
        out.putLong(request.store()).putBlock(request.prefix()).putByte(request.single() ? 1 : 0);
        out.putLong(request.watch()).putLong(request.life()).putLong(request.seen());
    }

    private static WatchRequest readRequest(ByteBuffer in) {
        long store = in.getLong();
        byte[] prefix = ByteReaders.readBlock(in);
        boolean single = in.get() != 0;
        return new WatchRequest(store, prefix, single, in.getLong(), in.getLong(), in.getLong());
    }

    private static void write(WatchAnswer answer, ByteWriter out) {
        out.putLong(answer.life())
                .putLong(answer.first())
                .putInt(answer.events().size());
        for (ScannedKey event : answer.events()) {
            out.putBlock(event.key());
            event.accepted().write(out);
            out.putBlock(event.state());
        }
    }

    private static WatchAnswer readAnswer(ByteBuffer in) {
        long life = in.getLong();
        long first = in.getLong();
        int count = in.getInt();
        List<ScannedKey> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(new ScannedKey(ByteReaders.readBlock(in), Ballot.read(in), ByteReaders.readBlock(in)));
        }
        return new WatchAnswer(life, first, events);
    }
}
