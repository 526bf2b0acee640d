package io.coterie.failuredetector;

import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.Role;
import java.nio.ByteBuffer;

/**
 * The empty message that shows that a node is alive. A reader skips bytes that a later version puts
 * into it.
 */
enum Heartbeat {
    INSTANCE;

    /**
     * Has no name, so that it fits the codec of any version. If the enum constant were the codec,
     * its name in the source would travel.
     */
    private static final Codec<Heartbeat> CODEC = new Codec<>() {
        @Override
        public void encode(Heartbeat value, ByteWriter out) {}

        @Override
        public Heartbeat decode(ByteBuffer in) {
            return INSTANCE;
        }
    };

    /** Sent to each watched peer, once per interval. */
    static final RpcMethod<Heartbeat, Heartbeat> BEAT = method("coterie.heartbeat");

    /**
     * The answer to a heartbeat of a node that the receiver does not watch, and so sends no
     * heartbeats: a client can watch replicas that do not watch it. An echo gets no answer.
     */
    static final RpcMethod<Heartbeat, Heartbeat> ECHO = method("coterie.heartbeat-echo");

    private static RpcMethod<Heartbeat, Heartbeat> method(String name) {
        return new RpcMethod<>(name, CODEC, CODEC, true, Role.READER);
    }
}
