package io.coterie.replication.internal.wire;

import io.coterie.replication.internal.membership.MemberId;
import io.coterie.rpc.RpcMethod;
import io.coterie.rpc.codec.ByteWriter;
import io.coterie.rpc.node.NodeId;
import io.coterie.rpc.node.Role;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** How a dead member is found, and a replica that can take its place. */
public final class SpareMethods {
    /** The most members of an answer. */
    private static final int MAX_MEMBERS = 128;

    /**
     * A replica that was never a member waits to become one.
     *
     * @param address where it listens; empty where the transport needs none
     */
    public record Spare(MemberId id, String address) {}

    /**
     * For how long a member has heard nothing from others.
     *
     * @param acts whether it replaces dead members by itself
     * @param millis by the names of the others; none where it does not look
     */
    public record Silences(boolean acts, Map<NodeId, Long> millis) {
        public Silences {
            millis = Map.copyOf(millis);
        }
    }

    /** A spare makes itself known. Answered with what it waits for, as a human-readable text. */
    public static final RpcMethod<Spare, String> SPARE = new RpcMethod<>(
            "replica.spare",
            Fields.codec(SpareMethods::write, SpareMethods::readSpare),
            Fields.codec((text, out) -> out.putBlock(Fields.utf8(text)), Fields::text),
            true);

    /** Whom a member has not heard for how long. */
    public static final RpcMethod<Boolean, Silences> SILENCES = new RpcMethod<>(
                    "replica.silences",
                    Fields.codec(Fields::putBoolean, Fields::readBoolean),
                    Fields.codec(SpareMethods::write, SpareMethods::readSilences),
                    true)
            .allowedTo(Role.REPLICA);

    private SpareMethods() {}

    private static void write(Spare spare, ByteWriter out) {
        out.putBlock(Fields.utf8(spare.id().node().name()))
                .putLong(spare.id().incarnation())
                .putBlock(Fields.utf8(spare.address()));
    }

    private static Spare readSpare(ByteBuffer in) {
        return new Spare(new MemberId(NodeId.of(Fields.text(in)), in.getLong()), Fields.text(in));
    }

    private static void write(Silences silences, ByteWriter out) {
        out.putByte(silences.acts() ? 1 : 0).putByte(silences.millis().size());
        silences.millis().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(each -> out.putBlock(Fields.utf8(each.getKey().name())).putLong(each.getValue()));
    }

    private static Silences readSilences(ByteBuffer in) {
        boolean acts = Fields.readBoolean(in);
        int count = in.get() & 0xFF;
        if (count > MAX_MEMBERS) {
            throw new IllegalArgumentException(count + " members: a cluster has at most " + MAX_MEMBERS);
        }
        Map<NodeId, Long> millis = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            millis.put(NodeId.of(Fields.text(in)), in.getLong());
        }
        return new Silences(acts, millis);
    }
}
