package io.coterie.failuredetector;

import io.coterie.rpc.ByteWriter;
import io.coterie.rpc.Codec;
import io.coterie.rpc.Role;
import io.coterie.rpc.RpcMethod;
import java.nio.ByteBuffer;

/** The empty message by which a node says that it is there. Bytes that a later version puts into it are passed over. */
enum Heartbeat {
    INSTANCE;

    /** Nameless, so that it goes with that of any version. The constant itself, as a codec, would give its own name in the source. */
    private static final Codec<Heartbeat> CODEC = new Codec<>() {
        @Override
        public void encode(Heartbeat value, ByteWriter out) {}

        @Override
        public Heartbeat decode(ByteBuffer in) {
            return INSTANCE;
        }
    };

    /** Told to each watched peer, each interval. */
    static final RpcMethod<Heartbeat, Heartbeat> BEAT = method("coterie.heartbeat");

    /**
     * The answer to a heartbeat from a node that the receiver does not watch, and so would send none by itself: a client can
     * watch replicas that do not watch it. Never answered in turn.
     */
    static final RpcMethod<Heartbeat, Heartbeat> ECHO = method("coterie.heartbeat-echo");

    private static RpcMethod<Heartbeat, Heartbeat> method(String name) {
        return new RpcMethod<>(name, CODEC, CODEC, true, Role.READER);
    }
}
