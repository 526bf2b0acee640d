package io.coterie.failuredetector;

import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.codec.Codec;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What one node has heard of another: the answer to a node that does not hear that one.
 *
 * @param start the start of the other that was heard last; 0 if none is known
 * @param silentMillis for how long it was not heard; -1 if it never was, or is not watched
 */
record Sighting(long start, int silentMillis) {
    /** Nothing was heard. */
    static final Sighting NONE = new Sighting(0, -1);

    /** Asks a node what it has heard of another one, by its name. */
    static final RpcMethod<NodeId, Sighting> SIGHTING =
            new RpcMethod<>("coterie.sighting", new NameLayout(), new SightingLayout(), true, Role.READER);

    private static final int VERSION = 1;

    /** Closed: version (1), name (the rest, in ASCII). */
    private record NameLayout() implements Codec<NodeId> {
        @Override
        public void encode(NodeId value, ByteWriter out) {
            out.putByte(VERSION).putBytes(value.name().getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public NodeId decode(ByteBuffer in) {
            requireVersion(in);
            if (in.remaining() > NodeId.MAX_LENGTH) {
                throw new IllegalArgumentException("a name of " + in.remaining() + " bytes");
            }
            byte[] name = new byte[in.remaining()];
            in.get(name);
            return NodeId.of(new String(name, StandardCharsets.US_ASCII));
        }
    }

    /** Open: version (1), start (8), silence in milliseconds (4). */
    private record SightingLayout() implements Codec<Sighting> {
        @Override
        public void encode(Sighting value, ByteWriter out) {
            out.putByte(VERSION).putLong(value.start).putInt(value.silentMillis);
        }

        @Override
        public Sighting decode(ByteBuffer in) {
            requireVersion(in);
            Sighting sighting = new Sighting(in.getLong(), in.getInt());
            if (sighting.start < 0 || sighting.silentMillis < -1) {
                throw new IllegalArgumentException(sighting + " is out of range");
            }
            return sighting;
        }
    }

    private static void requireVersion(ByteBuffer in) {
        int version = in.get();
        if (version < VERSION) {
            throw new IllegalArgumentException("version " + version);
        }
    }
}
