package io.coterie.failuredetector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes on the wire must not change by accident: other versions read them. */
class HeartbeatLayoutTest {
    private static final List<RpcMethod<Heartbeat, Heartbeat>> METHODS = List.of(Heartbeat.BEAT, Heartbeat.ECHO);

    @Test
    void heartbeatsGoByTheseNames() {
        assertEquals(
                List.of("coterie.heartbeat", "coterie.heartbeat-echo"),
                METHODS.stream().map(RpcMethod::name).toList());
    }

    @Test
    void aHeartbeatIsEmptyAndSkipsLaterFields() {
        for (RpcMethod<Heartbeat, Heartbeat> method : METHODS) {
            ByteWriter out = new ByteWriter();
            method.request().encode(Heartbeat.INSTANCE, out);

            assertEquals(0, out.size());
            assertEquals(Heartbeat.INSTANCE, method.request().decode(ByteBuffer.allocate(3)));
        }
    }

    /**
     * A codec's name travels, in the signature of its method. A constant of an enum would give its
     * own name in the source.
     */
    @Test
    void itsCodecHasNoName() {
        for (RpcMethod<Heartbeat, Heartbeat> method : METHODS) {
            for (Codec<Heartbeat> codec : List.of(method.request(), method.response())) {
                assertEquals("", codec.name());
            }
        }
    }
}
